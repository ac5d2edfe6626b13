package bert

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"gobert/internal/disk"
	"gobert/internal/intake"
)

// activations are the names that config.json uses for the feed-forward non-linearity.
var activations = []string{"gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "silu", "swish", "tanh"}

// Validate returns all faults of the configuration at once.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for _, f := range []struct {
		name  string
		value int
	}{
		{"vocab_size", c.VocabSize},
		{"hidden_size", c.HiddenSize},
		{"num_hidden_layers", c.NumLayers},
		{"num_attention_heads", c.NumHeads},
		{"intermediate_size", c.IntermediateSize},
		{"max_position_embeddings", c.MaxPositions},
		{"type_vocab_size", c.TypeVocabSize},
	} {
		if f.value < 1 {
			fault("%s is %d: expected at least 1", f.name, f.value)
		}
	}
	if c.NumHeads > 0 && c.HiddenSize > 0 && c.HiddenSize%c.NumHeads != 0 {
		fault("hidden_size %d is not a multiple of num_attention_heads %d", c.HiddenSize, c.NumHeads)
	}
	if !slices.Contains(activations, c.Activation) {
		fault("hidden_act %q is not known: expected one of %s", c.Activation, strings.Join(activations, ", "))
	}
	rates := map[string]float64{"hidden_dropout_prob": c.HiddenDropout, "attention_probs_dropout_prob": c.AttentionDropout}
	if c.ClassifierDropout != nil {
		rates["classifier_dropout"] = *c.ClassifierDropout
	}
	for name, p := range rates {
		if !(p >= 0 && p < 1) {
			fault("%s is %v: expected a number from 0 up to, but not including, 1", name, p)
		}
	}
	if !(c.LayerNormEps > 0) {
		fault("layer_norm_eps is %v: expected a positive number", c.LayerNormEps)
	}
	if c.PadTokenID != nil && c.VocabSize > 0 && (*c.PadTokenID < 0 || *c.PadTokenID >= c.VocabSize) {
		fault("pad_token_id is %d: expected an id from 0 to %d", *c.PadTokenID, c.VocabSize-1)
	}
	if t := c.PositionEmbeddingType; t != "" && t != "absolute" {
		fault("position_embedding_type %q is not supported: BERT's own, absolute, is (the relative kinds were dropped by the reference too)", t)
	}
	if !(c.InitializerRange >= 0) {
		fault("initializer_range is %v: expected 0 or a positive number", c.InitializerRange)
	}
	named := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(c.ID2Label)) {
		if id < 0 || id >= len(c.ID2Label) {
			fault("id2label has the id %d: expected ids from 0 to %d without a gap", id, len(c.ID2Label)-1)
		}
		if first, again := named[c.ID2Label[id]]; again {
			fault("id2label gives %d and %d the same name %q: expected a name for each", first, id, c.ID2Label[id])
		}
		named[c.ID2Label[id]] = id
	}
	if c.ProblemType == "single_label_classification" && len(c.ID2Label) == 1 {
		fault("problem_type is %q with one label: its probability would always be 1; expected \"regression\", or a second label", c.ProblemType)
	}
	faults = append(faults, intake.Refuse(c.Extra, refused)...)
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

// fieldNames lists the JSON names of Config's own fields.
func fieldNames() []string {
	var names []string
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// JSON writes the configuration as config.json is written: own fields and kept ones together, sorted, two spaces deep.
func (c Config) JSON() ([]byte, error) {
	own, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(own, &fields); err != nil {
		return nil, err
	}
	all := map[string]json.RawMessage{"model_type": json.RawMessage(`"bert"`)}
	maps.Copy(all, c.Extra)
	maps.Copy(all, fields)
	text, err := json.MarshalIndent(all, "", "  ")
	return append(text, '\n'), err
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
