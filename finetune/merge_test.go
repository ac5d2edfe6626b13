package finetune

import (
	"os"
	"path/filepath"
	"testing"

	"gobert/bert"
	"gobert/heads"
	"gobert/task"
)

// TestMergedModelKeepsItsPooling: the class that opens a classifier over a mean in transformers is beside merged weights, too.
func TestMergedModelKeepsItsPooling(t *testing.T) {
	model, output, merged := filepath.Join(t.TempDir(), "tiny"), filepath.Join(t.TempDir(), "run"), t.TempDir()
	tiny(t, model)
	j := job(model, output)
	j.Steps, j.Pooling = 2, string(heads.Mean)
	lora(&j)
	if _, err := Train(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	m, err := task.Open(t.Context(), output, task.Options{Merge: true})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Write(merged, bert.SaveOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(merged, "modeling_pooled.py")); err != nil {
		t.Error(err)
	}
	c, err := bert.ReadConfig(merged)
	if err != nil {
		t.Fatal(err)
	}
	if c.Extra["auto_map"] == nil {
		t.Error("config.json does not name the class")
	}
}
