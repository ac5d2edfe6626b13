package intake

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type inner struct {
	A int `json:"a"`
}

type outer struct {
	Size   int             `json:"vocab_size"`
	Rate   float64         `json:"rate"`
	Name   string          `json:"name"`
	Yes    *bool           `json:"yes"`
	In     inner           `json:"in"`
	Many   []inner         `json:"many"`
	Labels map[int]string  `json:"labels"`
	Raw    json.RawMessage `json:"raw"`
	Bare   int
}

// TestKeysAreExact: Python's reader, which wrote these files, knows no other spelling of a key, and takes the last of two.
func TestKeysAreExact(t *testing.T) {
	yes := true
	for text, want := range map[string]outer{
		`{}`: {Size: 7},
		`{"Vocab_Size": 9, "VOCAB_SIZE": 8, "bare": 3}`:                             {Size: 7},
		`{"vocab_size": 1, "vocab_size": 2, "Vocab_size": 3}`:                       {Size: 2},
		`{"in": {"a": 1, "A": 2}, "many": [{"A": 3}, {"a": 4, "a": 5}]}`:            {Size: 7, In: inner{1}, Many: []inner{{}, {5}}},
		`{"labels": {"0": "x", "1": "y"}, "yes": true, "raw": {"K": 1}, "Bare": 3}`: {Size: 7, Labels: map[int]string{0: "x", 1: "y"}, Yes: &yes, Raw: json.RawMessage(`{"K": 1}`), Bare: 3},
		`{"labels": null, "yes": null, "many": null, "in": null, "name": null}`:     {Size: 7, Raw: nil},
	} {
		got := outer{Size: 7}
		if err := Decode([]byte(text), &got); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

// TestFaultsAreOneSentence: the key, what stands there and what was expected; never the words of Go's decoder.
func TestFaultsAreOneSentence(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "the file is empty, expected JSON",
		"\ufeff{}":                   "line 1: a byte order mark",
		"{\n\"a\": }":                "line 2: no JSON: invalid character '}'",
		"{\"a\": 1":                  "line 1: no JSON: unexpected end",
		"{} {}":                      "line 1: no JSON",
		`[]`:                         "the file is a list, expected an object",
		`{"vocab_size": "many"}`:     `vocab_size is "many", expected a whole number`,
		`{"vocab_size": 1e3}`:        "vocab_size is 1e3, expected a whole number",
		`{"vocab_size": null}`:       "vocab_size is null, expected a whole number",
		`{"vocab_size": 1.5}`:        "vocab_size is 1.5, expected a whole number",
		`{"rate": {}}`:               "rate is an object, expected a number",
		`{"name": 3}`:                "name is 3, expected a text",
		`{"yes": "yes"}`:             `yes is "yes", expected true or false`,
		`{"in": [1]}`:                "in is a list, expected an object",
		`{"many": [{"a": 1}, 2]}`:    "many.1 is 2, expected an object",
		`{"in": {"a": false}}`:       "in.a is false, expected a whole number",
		`{"labels": {"x": "y"}}`:     `labels has the key "x", expected a whole number`,
		`{"labels": {"1": 2}}`:       "labels.1 is 2, expected a text",
		`{"labels": ["a"]}`:          "labels is a list, expected an object",
		`{"vocab_size": 1e99999999}`: "vocab_size is 1e99999999, expected a whole number",
	} {
		err := Decode([]byte(text), new(outer))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// FuzzDecode: what the standard library takes as JSON is decoded or refused in one line.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"vocab_size": 1, "labels": {"0": "x"}, "many": [{"a": 1}], "yes": true}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		err := Decode(text, new(outer))
		if err == nil && !json.Valid(text) {
			t.Errorf("%q was taken", text)
		}
	})
}
