package sentencetransformers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSpladeFolders: what is not SPLADE as it is computed here is refused by name.
func TestSpladeFolders(t *testing.T) {
	const (
		network = `{"name":"0","path":"","type":"sentence_transformers.sparse_encoder.models.MLMTransformer"}`
		pooling = `{"name":"1","path":"1","type":"sentence_transformers.sparse_encoder.models.SpladePooling"}`
	)
	for _, c := range []struct{ modules, pooling, fault string }{
		{network + "," + pooling, `{"pooling_strategy":"max","activation_function":"relu","word_embedding_dimension":30522}`, ""},
		{network + "," + pooling, `{"pooling_strategy":"sum"}`, "pooling_strategy"},
		{network + "," + pooling, `{"activation_function":"gelu"}`, "activation_function"},
		{network + "," + pooling, `{"pooling_mode":"mean"}`, "pooling_mode is not known"},
		{network + "," + pooling + `,{"name":"2","path":"2","type":"sentence_transformers.models.Normalize"}`, `{}`, "module 0"},
		{network, `{}`, "module 0"},
		{pooling + "," + network, `{}`, "module 0"},
	} {
		folder := t.TempDir()
		if err := os.Mkdir(filepath.Join(folder, "1"), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{ModulesFile: "[" + c.modules + "]", filepath.Join("1", configFile): c.pooling} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		m, err := Read(folder)
		if c.fault == "" && (err != nil || m.Logarithms != 1 || m.Pooling != nil) || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%+v: %+v, %v", c, m, err)
		}
	}
}
