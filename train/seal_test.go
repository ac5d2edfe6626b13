package train

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// example is a state with something in every member.
func example() State {
	return State{
		Format: stateFormat, Step: 40, Tokens: 5000, Elapsed: 3 * time.Second, Cursor: json.RawMessage(`{"epoch":1,"index":7}`), Updates: 39,
		Scaler: Scaler{On: true, Factor: 1024}, Best: &Best{30, 1.5}, Waiting: 1, Measured: 40, Meter: []Sum{{Name: "loss", Sum: 2, Count: 3}},
		Settings: settings("run"), Extra: json.RawMessage(`{"a":"b"}`), Files: map[string]File{"model.safetensors": {Size: 8, CRC32C: "00112233"}},
	}
}

// TestOneFlippedBitIsSeen flips every bit of a state, one after another.
func TestOneFlippedBitIsSeen(t *testing.T) {
	text, err := example().seal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unseal(text); err != nil {
		t.Fatal(err)
	}
	for at := range text {
		for bit := range 8 {
			text[at] ^= 1 << bit
			if _, err := unseal(text); err == nil {
				t.Errorf("bit %d of byte %d, %q: not seen", bit, at, text[max(0, at-20):min(len(text), at+20)])
			}
			text[at] ^= 1 << bit
		}
	}
}

// TestADamagedStateIsPassedOver: the checkpoint before is taken, and the fault is told.
func TestADamagedStateIsPassedOver(t *testing.T) {
	output := t.TempDir()
	runWhole(t, output)
	folders, err := Checkpoints(output)
	if err != nil || len(folders) != 2 {
		t.Fatalf("checkpoints %v, %v", folders, err)
	}
	path := filepath.Join(folders[1], StateFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	old := withoutSeal(t, text)
	for name, change := range map[string]struct {
		text []byte
		want string
	}{
		"the step":                  {bytes.Replace(text, []byte(`"step": 96`), []byte(`"step": 999999`), 1), "it was changed or damaged"},
		"no checksum":               {append(bytes.TrimSpace(sealed.ReplaceAll(text, nil)), "\n}\n"...), "it does not end with its checksum"},
		"an old one's step":         {bytes.Replace(old, []byte(`"step": 96`), []byte(`"step": 97`), 1), "state.json is of step 97, not of the folder's"},
		"an old one without files":  {[]byte(`{"step": 96}`), "it lists no files"},
		"an old one, counted back":  {bytes.Replace(old, []byte(`"tokens": `), []byte(`"tokens": -`), 1), "no run counts so"},
		"a file that is none of it": {bytes.Replace(old, []byte(`"model.safetensors"`), []byte(`"../model.safetensors"`), 1), "which is no file of it"},
		"a newer format":            {[]byte(`{"format": 3}`), "a newer program wrote it"},
	} {
		if err := os.WriteFile(path, change.text, 0o644); err != nil {
			t.Fatal(err)
		}
		found, _, skipped, err := newest(output)
		if err != nil || found != folders[0] || len(skipped) != 1 || !strings.Contains(skipped[0].Error(), change.want) ||
			!strings.Contains(skipped[0].Error(), folders[1]+" is not whole: ") {
			t.Errorf("%s: found %s, skipped %v, %v: expected %q", name, found, skipped, err, change.want)
		}
	}
	// What was written before states had a checksum is still a checkpoint.
	if err := os.WriteFile(path, old, 0o644); err != nil {
		t.Fatal(err)
	}
	if found, _, skipped, err := newest(output); err != nil || found != folders[1] || len(skipped) > 0 {
		t.Errorf("an old state: found %s, skipped %v, %v", found, skipped, err)
	}
}

// withoutSeal is a state as it was written before there were checksums.
func withoutSeal(t *testing.T, text []byte) []byte {
	t.Helper()
	s, err := unseal(text)
	if err != nil {
		t.Fatal(err)
	}
	s.Format = 0
	old, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(old, '\n')
}

// FuzzState: whatever stands in a state is read or refused, and what is read is written back the same.
func FuzzState(f *testing.F) {
	text, err := example().seal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add([]byte(`{"step": 160, "files": {"a": {"size": 1, "crc32c": "0"}}, "cursor": [1e999], "best": {}}`))
	f.Add([]byte(`{"format": 2, "step": 9223372036854775808}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := unseal(text)
		if err != nil {
			return
		}
		again, err := s.seal()
		if err != nil {
			t.Fatalf("%+v was read and cannot be written: %v", s, err)
		}
		back, err := unseal(again)
		if err != nil {
			t.Fatal(err)
		}
		third, err := back.seal()
		if diff := cmp.Diff(string(again), string(third)); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
}
