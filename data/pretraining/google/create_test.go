package google

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// golden is what testdata/golden.py recorded.
type golden struct {
	Cases []struct {
		Name    string
		Inputs  []string
		Outputs int
		Flags   json.RawMessage
	}
}

// Every byte of the files must be that of the original script.
func TestCreateEqualsOriginal(t *testing.T) {
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all golden
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, test := range all.Cases {
		t.Run(test.Name, func(t *testing.T) {
			o := Defaults()
			if err := json.Unmarshal(test.Flags, &o); err != nil {
				t.Fatal(err)
			}
			var inputs, outputs, names []string
			for _, input := range test.Inputs {
				inputs = append(inputs, filepath.Join("testdata", input))
			}
			dir := t.TempDir()
			for i := range test.Outputs {
				names = append(names, fmt.Sprintf("%s.%d.tfrecord", test.Name, i))
				outputs = append(outputs, filepath.Join(dir, names[i]))
			}
			if _, err := Create(t.Context(), inputs, "testdata/vocab.txt", outputs, o); err != nil {
				t.Fatal(err)
			}
			for i, name := range names {
				equalFiles(t, filepath.Join("testdata", name), outputs[i])
			}
		})
	}
}

func equalFiles(t *testing.T, want, got string) {
	t.Helper()
	w, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	g, err := os.ReadFile(got)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(w, g) {
		at := 0
		for at < min(len(w), len(g)) && w[at] == g[at] {
			at++
		}
		t.Errorf("%s differs from byte %d on (%d bytes, want %d)", filepath.Base(want), at, len(g), len(w))
	}
}
