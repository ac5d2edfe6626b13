package bert

import (
	"os"
	"testing"
)

// FuzzParseConfig feeds any text to the reader of config.json: it must refuse or accept, and what it accepts must be
// written and read again to the same configuration.
func FuzzParseConfig(f *testing.F) {
	text, err := os.ReadFile("../testdata/golden/pretraining/config.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"hidden_size": 1e99}`))
	f.Add([]byte(`{"id2label": {"0": "a", "2": "b"}, "num_labels": 3}`))
	f.Add([]byte(`{"num_labels": 2000000000}`))
	f.Add([]byte(`{"num_labels": 400000}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseConfig(text)
		if err != nil {
			return
		}
		first, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseConfig(first)
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, first)
		}
		second, err := again.JSON()
		if err != nil || string(second) != string(first) {
			t.Fatalf("written once:\n%s\nand again:\n%s", first, second)
		}
	})
}

func TestTooManyLabelsAreRefused(t *testing.T) {
	for _, text := range []string{`{"num_labels": 400000}`, `{"num_labels": -1}`} {
		if _, err := ParseConfig([]byte(text)); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}
