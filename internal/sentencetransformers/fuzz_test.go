package sentencetransformers

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzModules feeds any text to the reader of modules.json: what it takes has the network and a pooling first, and stays in the
// model's folder.
func FuzzModules(f *testing.F) {
	for _, name := range []string{"several", "nested"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "pipeline", "testdata", "sentences", name, ModulesFile))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`[{"name": "0", "path": "..", "type": "sentence_transformers.models.Transformer"}, {"name": "0", "type": "sentence_transformers.models.Pooling"}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := parseModules(text)
		if err != nil {
			return
		}
		if entries[0].kind != network || entries[1].kind != pooling {
			t.Fatalf("%q: %v", text, entries)
		}
		for _, e := range entries {
			if e.Path != "" && !filepath.IsLocal(e.Path) {
				t.Errorf("%q leads to %q", text, e.Path)
			}
		}
	})
}

// FuzzFolder feeds any texts to the readers of a whole folder: it is refused by the name of a file, or every field has a sense.
func FuzzFolder(f *testing.F) {
	f.Add(`{"pooling_mode": ["cls", "mean"], "include_prompt": false}`, `{"max_seq_length": 7, "do_lower_case": true}`, `{"prompts": {"a": "b"}, "default_prompt_name": "a", "truncate_dim": 3}`)
	f.Add(`{"pooling_mode_max_tokens": true, "word_embedding_dimension": 8}`, `{"model_args": {}}`, `{"similarity_fn_name": "dot", "prompts": {"query": null}}`)
	f.Add(`{"pooling_mode": 7}`, `{"max_seq_length": 1e99}`, `{"activation_fn": "torch.nn.Tanh", "model_type": "CrossEncoder"}`)
	f.Fuzz(func(t *testing.T, pooling, network, prompts string) {
		folder := t.TempDir()
		for name, text := range map[string]string{
			ModulesFile:                    `[{"name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}, {"name": "1", "path": "p", "type": "sentence_transformers.models.Pooling"}]`,
			filepath.Join("p", configFile): pooling, networkFiles[0]: network, promptsFile: prompts,
		} {
			path := filepath.Join(folder, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		m, err := Read(folder)
		if err == nil && (len(m.Pooling) == 0 || m.MaxLength < 0 || m.Dimensions < 0 || m.Similarity == "") {
			t.Errorf("%+v", m)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "sentencetransformers: "+folder) {
			t.Errorf("%v does not begin with the file", err)
		}
		_, _, _ = Activation(folder, map[string]json.RawMessage{"sentence_transformers": json.RawMessage(network)})
	})
}
