package bert

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"gobert/internal/fault"
	"gobert/internal/intake"
)

// Config holds every field of a Hugging Face BERT config.json that changes a result. Fields that this package does not
// know are kept and written back by [Config.Save].
type Config struct {
	VocabSize             int     `json:"vocab_size"`
	HiddenSize            int     `json:"hidden_size"`
	NumLayers             int     `json:"num_hidden_layers"`
	NumHeads              int     `json:"num_attention_heads"`
	IntermediateSize      int     `json:"intermediate_size"`
	Activation            string  `json:"hidden_act"`
	HiddenDropout         float64 `json:"hidden_dropout_prob"`
	AttentionDropout      float64 `json:"attention_probs_dropout_prob"`
	MaxPositions          int     `json:"max_position_embeddings"`
	TypeVocabSize         int     `json:"type_vocab_size"`
	InitializerRange      float64 `json:"initializer_range"`
	LayerNormEps          float64 `json:"layer_norm_eps"`
	PadTokenID            *int    `json:"pad_token_id"`
	PositionEmbeddingType string  `json:"position_embedding_type,omitempty"`

	Architectures     []string       `json:"architectures,omitempty"`
	ClassifierDropout *float64       `json:"classifier_dropout,omitempty"`
	ID2Label          map[int]string `json:"id2label,omitempty"`
	Label2ID          map[string]int `json:"label2id,omitempty"`
	ProblemType       string         `json:"problem_type,omitempty"`
	NumLabels         int            `json:"num_labels,omitempty"`

	// Extra holds the fields not listed above, as they were read.
	Extra map[string]json.RawMessage `json:"-"`
}

// DefaultConfig is bert-base-uncased: what the reference assumes for fields that a file leaves out.
func DefaultConfig() Config {
	pad := 0
	return Config{
		VocabSize: 30522, HiddenSize: 768, NumLayers: 12, NumHeads: 12, IntermediateSize: 3072, Activation: "gelu",
		HiddenDropout: 0.1, AttentionDropout: 0.1, MaxPositions: 512, TypeVocabSize: 2, InitializerRange: 0.02,
		LayerNormEps: 1e-12, PadTokenID: &pad,
	}
}

// sizes are the published ones: Turc et al. 2019 (tiny to medium) and Devlin et al. 2019 (base, large).
var sizes = map[string]struct{ layers, hidden, heads int }{
	"tiny": {2, 128, 2}, "mini": {4, 256, 4}, "small": {4, 512, 8}, "medium": {8, 512, 8}, "base": {12, 768, 12}, "large": {24, 1024, 16},
}

// SizeNames lists the names that [Size] knows, smallest first.
func SizeNames() []string { return []string{"tiny", "mini", "small", "medium", "base", "large"} }

// Size gives the configuration of a published size: tiny, mini, small, medium, base or large.
func Size(name string) (Config, error) {
	s, ok := sizes[name]
	if !ok {
		return Config{}, fmt.Errorf("bert: unknown size %q: expected one of %s", name, strings.Join(SizeNames(), ", "))
	}
	c := DefaultConfig()
	c.NumLayers, c.HiddenSize, c.NumHeads, c.IntermediateSize = s.layers, s.hidden, s.heads, 4*s.hidden
	return c, nil
}

// ReadConfig reads config.json (or Google's bert_config.json) of a model folder, or the file itself, and validates it.
func ReadConfig(path string) (Config, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = configPath(path)
	}
	text, err := intake.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("bert: reading the model's configuration: %w", err)
	}
	c, err := ParseConfig(text)
	if err != nil {
		return Config{}, fmt.Errorf("bert: %s: %w", path, err)
	}
	return c, nil
}

// ParseConfig reads the text of a config.json and validates it.
func ParseConfig(text []byte) (Config, error) {
	c := DefaultConfig()
	var err error
	if c.Extra, err = intake.DecodeKeeping(text, &c); err != nil {
		return Config{}, err
	}
	if c.NumLabels < 0 || c.NumLabels > mostLabels && len(c.ID2Label) == 0 {
		return Config{}, fmt.Errorf("num_labels is %d: expected 0 to %d, or id2label with their names", c.NumLabels, mostLabels)
	}
	c.settleLabels()
	return c, errors.Join(c.kin(), c.Validate())
}

// kin refuses a file of before model_type whose class is none of BERT's: RoBERTa's weights have the names of BERT's, but count
// positions from 2.
func (c *Config) kin() error {
	if !intake.IsNull(c.Extra["model_type"]) || len(c.Architectures) == 0 || strings.HasPrefix(c.Architectures[0], "Bert") {
		return nil
	}
	return fault.New("there is no model_type, and architectures names %q: expected a class of BERT's, such as \"BertModel\"", c.Architectures[0]).
		Advise("if the weights are a BERT's, write \"model_type\": \"bert\"")
}

// mostLabels bounds what a number in a file can make us allocate.
const mostLabels = 1 << 16

// settleLabels fills in what the reference derives: label2id from id2label, and their number.
func (c *Config) settleLabels() {
	if c.NumLabels > 0 && len(c.ID2Label) == 0 {
		c.ID2Label = make(map[int]string, c.NumLabels)
		for i, label := range LabelNames(c.NumLabels) {
			c.ID2Label[i] = label
		}
	}
	if len(c.ID2Label) > 0 && len(c.Label2ID) == 0 {
		c.Label2ID = make(map[string]int, len(c.ID2Label))
		for id, label := range c.ID2Label {
			c.Label2ID[label] = id
		}
	}
	c.NumLabels = 0 // the reference writes id2label only
}

// LabelNames are LABEL_0, LABEL_1, ..., as the reference names classes; a file cannot ask for many.
func LabelNames(n int) []string {
	labels := make([]string, min(n, mostLabels))
	for i := range labels {
		labels[i] = fmt.Sprintf("LABEL_%d", i)
	}
	return labels
}

// SetLabels names the classes of a task head, in order.
func (c *Config) SetLabels(labels ...string) {
	c.ID2Label, c.Label2ID = make(map[int]string, len(labels)), make(map[string]int, len(labels))
	for i, label := range labels {
		c.ID2Label[i], c.Label2ID[label] = label, i
	}
}

// Labels lists the classes in order. Without labels the reference's two default ones come back.
func (c Config) Labels() []string {
	if len(c.ID2Label) == 0 {
		return LabelNames(2)
	}
	ids := slices.Sorted(maps.Keys(c.ID2Label))
	labels := make([]string, len(ids))
	for i, id := range ids {
		labels[i] = c.ID2Label[id]
	}
	return labels
}

// Padding is the id whose embedding receives no gradient, -1 for none.
func (c Config) Padding() int {
	if c.PadTokenID == nil {
		return -1
	}
	return *c.PadTokenID
}

// HeadDropout is the dropout before a classification head.
func (c Config) HeadDropout() float64 {
	if c.ClassifierDropout != nil {
		return *c.ClassifierDropout
	}
	return c.HiddenDropout
}
