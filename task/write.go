package task

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/disk"
	"gobert/internal/weights"
)

// Write saves the model and its tokenizer into a folder that exists, for [bert.Replace].
func (m *Model) Write(folder string, o bert.SaveOptions) error {
	if err := bert.Write(m.Network, folder, o); err != nil {
		return err
	}
	if err := m.Tokenizer.Save(folder); err != nil {
		return err
	}
	return m.writePooled(folder)
}

// WriteAdapted turns a folder that holds weights and adapters into what is given away: the adapters alone, or their sum.
func (m *Model) WriteAdapted(folder string, merge bool) error {
	if err := m.writePooled(folder); err != nil || m.Adapter == nil {
		return err
	}
	if err := os.Remove(filepath.Join(folder, weights.ModelFile)); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	if merge {
		return bert.WriteWeights(m.Network, folder, bert.SaveOptions{Merged: true})
	}
	return m.writeAdapter(folder)
}

// pooledModel is the Python class that opens a classifier over a mean or a maximum in transformers, whose own class knows the
// pooler alone.
//
//go:embed modeling_pooled.py
var pooledModel string

const pooledFile = "modeling_pooled.py"

// writePooled makes a folder of such a classifier open in transformers with trust_remote_code=True.
func (m *Model) writePooled(folder string) error {
	if m.Pooling() == heads.CLS {
		return nil
	}
	if err := disk.Write(filepath.Join(folder, pooledFile), []byte(pooledModel)); err != nil {
		return err
	}
	c, err := bert.ReadConfig(folder)
	if err != nil {
		return err
	}
	c.Extra["auto_map"] = json.RawMessage(`{"AutoModelForSequenceClassification": "modeling_pooled.PooledBertClassifier"}`)
	return c.Save(folder)
}
