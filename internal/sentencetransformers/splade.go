package sentencetransformers

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// setSplade takes the settings of SpladePooling over: how logits become the weights of words.
func (m *Model) setSplade(all map[string]json.RawMessage) error {
	m.IncludePrompt = true
	for _, key := range slices.Sorted(maps.Keys(all)) {
		value := strings.Trim(string(all[key]), `"`)
		switch key {
		case "embedding_dimension", "word_embedding_dimension", "chunk_size": // they change no number
		case "pooling_strategy":
			if value != "max" {
				return fmt.Errorf("pooling_strategy is %.40s, expected max: the sum of SPLADE's first version is not here", all[key])
			}
		case "activation_function":
			switch value {
			case "relu":
			case "log1p_relu":
				m.Logarithms = 2
			default:
				return fmt.Errorf("activation_function is %.40s, expected relu or log1p_relu", all[key])
			}
		default:
			return fmt.Errorf("%s is not known: expected pooling_strategy, activation_function and embedding_dimension", key)
		}
	}
	return nil
}
