package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"gobert/internal/disk"
)

// stateFormat is the version of state.json: since 2 its last member is a checksum of everything before it. Older ones have no
// version and no checksum; they are read as they are.
const stateFormat = 2

// sealed is the end of a state: the checksum, in a form that has no other spelling, so that no bit of the file may change.
var sealed = regexp.MustCompile(`,\n  "checksum": "([0-9a-f]{8})"\n}\n$`)

// seal writes a state with its checksum.
func (s State) seal() ([]byte, error) {
	s.Format = stateFormat
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, err
	}
	text = text[:len(text)-len("\n}")]
	return fmt.Appendf(text, ",\n  \"checksum\": \"%08x\"\n}\n", disk.CRC32C(0, text)), nil
}

// unseal reads a state and compares it with its checksum.
func unseal(text []byte) (s State, err error) {
	end := sealed.FindSubmatchIndex(text)
	if end != nil {
		if got := fmt.Sprintf("%08x", disk.CRC32C(0, text[:end[0]])); got != string(text[end[2]:end[3]]) {
			return s, fmt.Errorf("it has the checksum %s, expected %s: it was changed or damaged", got, text[end[2]:end[3]])
		}
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, err
	}
	switch {
	case s.Format > stateFormat:
		return s, fmt.Errorf("its format is %d, expected %d or less: a newer program wrote it", s.Format, stateFormat)
	case s.Format == stateFormat && end == nil:
		return s, errors.New("it does not end with its checksum: it was changed or damaged")
	}
	return s, s.check()
}

// check finds what no run writes.
func (s State) check() error {
	switch {
	case s.Step < 0 || s.Tokens < 0 || s.Elapsed < 0 || s.Updates < 0 || s.Updates > s.Step || s.Waiting < 0 || s.Measured > s.Step:
		return fmt.Errorf("step %d, %d tokens, %v, %d updates, measured after step %d, %d evaluations since the best: no run counts so",
			s.Step, s.Tokens, s.Elapsed, s.Updates, s.Measured, s.Waiting)
	case s.Best != nil && s.Best.Step > s.Step:
		return fmt.Errorf("the best step is %d, later than its step %d", s.Best.Step, s.Step)
	case len(s.Files) == 0:
		return errors.New("it lists no files")
	}
	return nil
}
