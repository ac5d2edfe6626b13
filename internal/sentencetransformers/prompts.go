package sentencetransformers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// promptsFile has the prompts, and how vectors are compared.
const promptsFile = "config_sentence_transformers.json"

// Similarity is how two vectors are compared; more is nearer.
type Similarity string

// The ways that the library has.
const (
	Cosine    Similarity = "cosine"
	Dot       Similarity = "dot"
	Euclidean Similarity = "euclidean" // the distance, negated
	Manhattan Similarity = "manhattan" // the same, of the sum of differences
)

// readPrompts reads the settings of the whole model; there may be none.
func (m *Model) readPrompts(path string) error {
	var c struct {
		Prompts    map[string]*string `json:"prompts"`
		Default    *string            `json:"default_prompt_name"`
		Similarity Similarity         `json:"similarity_fn_name"`
		Type       string             `json:"model_type"`
		Dimensions *int               `json:"truncate_dim"`
	}
	m.Prompts, m.Similarity = map[string]string{"query": "", "document": ""}, Cosine // the library's own
	if m.Logarithms > 0 {
		m.Similarity = Dot
	}
	_, err := read(path, &c, func() error {
		for name, prompt := range c.Prompts {
			m.Prompts[name] = ""
			if prompt != nil {
				m.Prompts[name] = *prompt
			}
		}
		if c.Default != nil {
			m.DefaultPrompt = *c.Default
			if _, err := m.Prompt(m.DefaultPrompt); err != nil {
				return fmt.Errorf("default_prompt_name: %w", err)
			}
		}
		m.Similarity = cmp.Or(c.Similarity, m.Similarity)
		if !slices.Contains([]Similarity{Cosine, Dot, Euclidean, Manhattan}, m.Similarity) {
			return fmt.Errorf("similarity_fn_name is %q: expected cosine, dot, euclidean or manhattan", m.Similarity)
		}
		expected := "SentenceTransformer"
		if m.Logarithms > 0 {
			expected = "SparseEncoder"
		}
		if c.Type != "" && c.Type != expected {
			return fmt.Errorf("model_type is %q: expected %s", c.Type, expected)
		}
		if c.Dimensions != nil {
			if m.Dimensions = *c.Dimensions; m.Dimensions < 1 {
				return fmt.Errorf("truncate_dim is %d: expected at least 1, or null", m.Dimensions)
			}
		}
		return nil
	})
	return err
}

// Prompt gives the prompt of a name.
func (m *Model) Prompt(name string) (string, error) {
	prompt, ok := m.Prompts[name]
	if !ok {
		return "", fmt.Errorf("there is no prompt %q: expected one of %s", name, strings.Join(slices.Sorted(maps.Keys(m.Prompts)), ", "))
	}
	return prompt, nil
}
