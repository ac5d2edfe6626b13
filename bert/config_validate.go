package bert

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/intake"
)

// activations are the names that config.json uses for the feed-forward non-linearity.
var activations = strings.Fields("gelu gelu_accurate gelu_fast gelu_new gelu_python gelu_python_tanh gelu_pytorch_tanh quick_gelu relu silu swish tanh")

// Validate returns all faults of the configuration at once.
func (c Config) Validate() error {
	var f fault.List
	for name, value := range map[string]int{
		"vocab_size": c.VocabSize, "hidden_size": c.HiddenSize, "num_hidden_layers": c.NumLayers, "num_attention_heads": c.NumHeads,
		"intermediate_size": c.IntermediateSize, "max_position_embeddings": c.MaxPositions, "type_vocab_size": c.TypeVocabSize,
	} {
		f.Expect(value >= 1, "%s is %d: expected at least 1", name, value)
	}
	f.Expect(c.NumHeads < 1 || c.HiddenSize < 1 || c.HiddenSize%c.NumHeads == 0, "hidden_size %d is not a multiple of num_attention_heads %d", c.HiddenSize, c.NumHeads)
	f.Expect(slices.Contains(activations, c.Activation), "hidden_act %q is not known: expected one of %s", c.Activation, strings.Join(activations, ", "))
	rates := map[string]float64{"hidden_dropout_prob": c.HiddenDropout, "attention_probs_dropout_prob": c.AttentionDropout}
	if c.ClassifierDropout != nil {
		rates["classifier_dropout"] = *c.ClassifierDropout
	}
	for name, p := range rates {
		f.Expect(p >= 0 && p < 1, "%s is %v: expected a number from 0 up to, but not including, 1", name, p)
	}
	f.Expect(c.LayerNormEps > 0, "layer_norm_eps is %v: expected a positive number", c.LayerNormEps)
	pad := c.Padding()
	f.Expect(c.PadTokenID == nil || c.VocabSize < 1 || pad >= 0 && pad < c.VocabSize, "pad_token_id is %d: expected an id from 0 to %d", pad, c.VocabSize-1)
	f.Expect(c.PositionEmbeddingType == "" || c.PositionEmbeddingType == "absolute",
		"position_embedding_type %q is not supported: BERT's own, absolute, is (the relative kinds were dropped by the reference too)", c.PositionEmbeddingType)
	f.Expect(c.InitializerRange >= 0, "initializer_range is %v: expected 0 or a positive number", c.InitializerRange)
	named := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(c.ID2Label)) {
		f.Expect(id >= 0 && id < len(c.ID2Label), "id2label has the id %d: expected ids from 0 to %d without a gap", id, len(c.ID2Label)-1)
		first, again := named[c.ID2Label[id]]
		f.Expect(!again, "id2label gives %d and %d the same name %q: expected a name for each", first, id, c.ID2Label[id])
		named[c.ID2Label[id]] = id
	}
	f.Expect(c.ProblemType != "single_label_classification" || len(c.ID2Label) != 1,
		"problem_type is %q with one label: its probability would always be 1; expected \"regression\", or a second label", c.ProblemType)
	f.Add(intake.Refuse(c.Extra, refused)...)
	slices.SortFunc(f.Faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return f.Err()
}

// JSON writes the configuration as config.json is written: own fields and kept ones together, sorted, two spaces deep.
func (c Config) JSON() ([]byte, error) {
	all := map[string]json.RawMessage{"model_type": json.RawMessage(`"bert"`)}
	maps.Copy(all, c.Extra)
	return intake.Encode(c, all)
}

// Save writes config.json into a folder; it appears whole or not at all.
func (c Config) Save(folder string) error {
	text, err := c.JSON()
	if err == nil {
		err = disk.Write(filepath.Join(folder, "config.json"), text)
	}
	if err != nil {
		return fmt.Errorf("bert: writing config.json: %w", err)
	}
	return nil
}
