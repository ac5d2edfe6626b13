package task

import (
	_ "embed"
	"encoding/json"
	"path/filepath"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/disk"
)

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
