package hub

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// TestModulesAreFetched: a model of sentence-transformers comes with the settings and the weights of all its modules.
func TestModulesAreFetched(t *testing.T) {
	files, of := bert(), map[string]string{
		"modules.json": `[{"name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
			{"name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
			{"name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"},
			{"name": "3", "path": "3_Normalize", "type": "sentence_transformers.models.Normalize"}]`,
		"sentence_bert_config.json": `{"max_seq_length": 7}`, "config_sentence_transformers.json": `{}`,
		"1_Pooling/config.json": `{"pooling_mode": "cls"}`, "2_Dense/config.json": `{}`, "2_Dense/pytorch_model.bin": "weights",
	}
	maps.Copy(files, of)
	server, client := newServer(t, files)
	folder, err := client.Model(t.Context(), "me/bert")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range of {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	before := len(server.gets)
	if _, err := client.Model(t.Context(), "me/bert"); err != nil || len(server.gets) != before {
		t.Errorf("the second time fetched more: %v, %v", server.gets, err)
	}
}
