package sentencetransformers

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gobert/internal/intake"
)

// A Mode is one way to make a vector of the hidden states of a sequence, under the library's name.
type Mode string

// The modes that there are.
const (
	CLS          Mode = "cls"                  // the first token
	Max          Mode = "max"                  // the largest value of each dimension
	Mean         Mode = "mean"                 // of all tokens
	SqrtMean     Mode = "mean_sqrt_len_tokens" // their sum over the square root of their number
	WeightedMean Mode = "weightedmean"         // the mean, token n counting n times
	Last         Mode = "lasttoken"            // the last token
)

// modeSwitch is a key of the older form of Pooling's settings.
type modeSwitch struct {
	key  string
	mode Mode
}

// switches are all of them, in the order in which the library joins what they ask for.
var switches = []modeSwitch{
	{"pooling_mode_cls_token", CLS},
	{"pooling_mode_max_tokens", Max},
	{"pooling_mode_mean_tokens", Mean},
	{"pooling_mode_mean_sqrt_len_tokens", SqrtMean},
	{"pooling_mode_weightedmean_tokens", WeightedMean},
	{"pooling_mode_lasttoken", Last},
}

// Pooling is one mode, or several whose vectors are joined.
type Pooling []Mode

// ParsePooling reads modes.
func ParsePooling(names ...string) (Pooling, error) {
	var p Pooling
	for _, name := range names {
		if !slices.ContainsFunc(switches, func(s modeSwitch) bool { return string(s.mode) == name }) {
			return nil, fmt.Errorf("pooling %q is not known: expected cls, mean, max, mean_sqrt_len_tokens, weightedmean or lasttoken", name)
		}
		p = append(p, Mode(name))
	}
	return p, nil
}

// String joins the modes' names.
func (p Pooling) String() string {
	names := make([]string, len(p))
	for i, mode := range p {
		names[i] = string(mode)
	}
	return strings.Join(names, "+")
}

// readPooling reads the settings of Pooling, in the form of today or the older one.
func (m *Model) readPooling(path string) error {
	var all map[string]json.RawMessage
	found, err := read(path, &all, func() (err error) {
		if m.Logarithms > 0 {
			return m.setSplade(all)
		}
		m.Pooling, m.IncludePrompt, err = parsePooling(all)
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%s is missing: it says how the hidden states become a vector", path)
	}
	return err
}

// parsePooling is the reading itself, apart from the file.
func parsePooling(all map[string]json.RawMessage) (p Pooling, includePrompt bool, err error) {
	on := map[string]bool{"include_prompt": true}
	known := []string{"include_prompt", "pooling_mode", "embedding_dimension", "word_embedding_dimension"}
	for _, s := range switches {
		known, on[s.key] = append(known, s.key), false
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(known, key) {
			return nil, false, fmt.Errorf("%s is not known: expected pooling_mode or the older pooling_mode_*, include_prompt and embedding_dimension", key)
		}
		if value, ok := on[key]; ok {
			if err := intake.Decode(all[key], &value); err != nil {
				return nil, false, fmt.Errorf("%s is %.40s, expected true or false", key, all[key])
			}
			on[key] = value
		}
	}
	var names []string
	if mode, ok := all["pooling_mode"]; !ok {
		for _, s := range switches {
			if on[s.key] {
				names = append(names, string(s.mode))
			}
		}
		if len(names) == 0 {
			names = []string{string(Mean)} // as the library does
		}
	} else if err := json.Unmarshal(mode, &names); err != nil || len(names) == 0 {
		names = make([]string, 1)
		if err := json.Unmarshal(mode, &names[0]); err != nil {
			return nil, false, fmt.Errorf("pooling_mode is %.40s, expected a mode or a list of modes", mode)
		}
	}
	if p, err = ParsePooling(names...); err != nil {
		return nil, false, fmt.Errorf("pooling_mode: %w", err)
	}
	return p, on["include_prompt"], nil
}
