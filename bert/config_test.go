package bert

import (
	"context"
	"strings"
	"testing"

	"gobert/internal/testkit"
)

// TestConfigurationsAreObeyedOrRefused: a key that changes what is computed is obeyed or named in the error, and a key in another
// spelling is another key.
func TestConfigurationsAreObeyedOrRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"Layer_Norm_Eps": 0.5, "layer_norm_eps": 1e-12}`:                                                    "",
		`{"layer_norm_eps": 1e-12, "LAYER_NORM_EPS": 0.5, "Is_Decoder": true}`:                                "",
		`{"is_decoder": false, "pruned_heads": { }, "quantization_config": null}`:                             "",
		`{"torch_dtype": "float16", "use_cache": true, "gradient_checkpointing": false, "what_is_this": [1]}`: "",
		`{"architectures": ["BertForMaskedLM"]}`:                                                              "",
		`{"architectures": ["Mine"], "model_type": "bert"}`:                                                   "",
		`{"architectures": ["RobertaModel"], "model_type": null}`:                                             "there is no model_type, and architectures names \"RobertaModel\"",
		`{"is_decoder": true}`:                                             "is_decoder is true",
		`{"is_decoder": 1}`:                                                "is_decoder is 1",
		`{"add_cross_attention": true}`:                                    "add_cross_attention is true",
		`{"is_encoder_decoder": true}`:                                     "is_encoder_decoder is true",
		`{"pruned_heads": {"0": [1, 2]}}`:                                  `pruned_heads is {"0": [1, 2]}`,
		`{"per_layer_config": {"0": {"intermediate_size": 8}}}`:            "per_layer_config is",
		`{"quantization_config": {"bits": 4}}`:                             "quantization_config is",
		`{"position_embedding_type": "relative_key_query"}`:                "position_embedding_type",
		`{"hidden_act": "gelu_10"}`:                                        "hidden_act",
		`{"hidden_act": null}`:                                             "hidden_act",
		`{"vocab_size": null}`:                                             "vocab_size is null, expected a whole number",
		`{"vocab_size": "30522"}`:                                          `vocab_size is "30522", expected a whole number`,
		`{"num_hidden_layers": 1e9}`:                                       "num_hidden_layers is 1e9, expected a whole number",
		`{"id2label": {"0": "a", "1": "b", "2": "a"}}`:                     `id2label gives 0 and 2 the same name "a"`,
		`{"id2label": {"a": "0"}}`:                                         `id2label has the key "a"`,
		`{"id2label": ["a"]}`:                                              "id2label is a list, expected an object",
		`{"problem_type": "single_label_classification", "num_labels": 1}`: "problem_type",
		`{"initializer_range": -1}`:                                        "initializer_range",
		`{"model_type": "roberta"}`:                                        "roberta",
	} {
		c, err := ParseConfig([]byte(text))
		switch {
		case want == "" && (err != nil || c.LayerNormEps != 1e-12):
			t.Errorf("%s: %v, layer_norm_eps %v", text, err, c.LayerNormEps)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestSizesAreCheckedBeforeMemoryIsTaken: a configuration that no memory holds is refused with its sizes.
func TestSizesAreCheckedBeforeMemoryIsTaken(t *testing.T) {
	for name, change := range map[string]func(c *Config){
		"num_hidden_layers":       func(c *Config) { c.NumLayers = 1_000_000_000 },
		"max_position_embeddings": func(c *Config) { c.MaxPositions = 1_000_000_000_000 },
		"vocab_size":              func(c *Config) { c.VocabSize = 1 << 62 },
		"hidden_size":             func(c *Config) { c.HiddenSize = 12 << 40 },
	} {
		c := DefaultConfig()
		change(&c)
		if _, err := New(c, true); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "are free") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestFirstLayersAreTakenWhenAskedFor: what a configuration may not do in silence, an option may.
func TestFirstLayersAreTakenWhenAskedFor(t *testing.T) {
	dir := testkit.Golden(t, "..", "model_ragged").Dir
	whole, err := Load(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	first, err := Load(context.Background(), dir, Options{Layers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if len(first.Layers) != 1 || first.Config.NumLayers != 1 {
		t.Fatalf("%d layers, %d configured", len(first.Layers), first.Config.NumLayers)
	}
	in := Input{IDs: []int32{2, 5, 9, 3}, Length: 4}
	all, err := whole.Encode(in, Want{Hidden: true})
	if err != nil {
		t.Fatal(err)
	}
	some, err := first.Encode(in, Want{})
	if err != nil {
		t.Fatal(err)
	}
	testkit.Compare(t, "first layer", some.Last, all.Hidden[1], 0)
	if _, err := Load(context.Background(), dir, Options{Layers: 3}); err == nil || !strings.Contains(err.Error(), "3 layers") {
		t.Errorf("three of two layers: %v", err)
	}
}

// TestWeightsWithoutAPlaceAreRefused: a weight inside the encoder that BERT does not have does something in the model that it
// comes from.
func TestWeightsWithoutAPlaceAreRefused(t *testing.T) {
	c, err := Open(context.Background(), testkit.Golden(t, "..", "model_ragged").Dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	m, err := New(c.Config, true)
	if err != nil {
		t.Fatal(err)
	}
	m.Layers[1].MLP.Down = nil // so that the network lacks what the file has
	_, err = c.Fill(m, 1, nil)
	if err == nil || !strings.Contains(err.Error(), "encoder.layer.1.output.dense") || !strings.Contains(err.Error(), "another architecture") {
		t.Errorf("got %v", err)
	}
}
