package task

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAdaptersAreObeyedOrRefused: a key of adapter_config.json that changes what the adapter does is named, by its exact spelling.
func TestAdaptersAreObeyedOrRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"peft_type": "LORA", "r": 8, "use_dora": false, "rank_pattern": {}, "layers_pattern": null, "init_lora_weights": "gaussian", "megatron_core": "x"}`: "",
		`{"peft_type": "LORA", "Use_DoRA": true, "R": 9}`: "",
		`{"r": 8}`:             "peft_type is missing",
		`{"peft_type": "IA3"}`: `peft_type is "IA3"`,
		`{"peft_type": "LORA", "use_dora": true}`:                      "use_dora is true",
		`{"peft_type": "LORA", "layers_to_transform": [0, 1]}`:         "layers_to_transform is [0, 1]",
		`{"peft_type": "LORA", "alpha_pattern": {"query": 4}}`:         "alpha_pattern is",
		`{"peft_type": "LORA", "bias": "all"}`:                         `bias is "all"`,
		`{"peft_type": "LORA", "init_lora_weights": "pissa"}`:          `init_lora_weights is "pissa"`,
		`{"peft_type": "LORA", "r": "8"}`:                              `r is "8", expected a whole number`,
		`{"peft_type": "LORA", "lora_bias": true, "use_qalora": true}`: "lora_bias is true",
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, adapterConfig), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := readAdapter(folder)
		switch {
		case want == "" && (err != nil || a.Rank == 9):
			t.Errorf("%s: %v, %+v", text, err, a)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), adapterConfig)):
			t.Errorf("%s: got %v, want %s", text, err, want)
		case want != "" && !strings.Contains(want, "expected") && !strings.Contains(err.Error(), "(hint: "+mergeFirst+")"):
			t.Errorf("%s: %v does not say what to do", text, err)
		}
	}
}

// TestAnAdapterThatCannotBeReadIsNamed: the model below alone would answer otherwise, and say nothing.
func TestAnAdapterThatCannotBeReadIsNamed(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, adapterConfig), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := readAdapter(folder); err == nil || !strings.Contains(err.Error(), adapterConfig) {
		t.Error(err)
	}
}
