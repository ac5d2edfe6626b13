package sentencetransformers

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"gobert/internal/jsonfile"
)

// networkFiles are where the settings of the network may be; the first that is there counts.
var networkFiles = [...]string{
	"sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json",
	"sentence_albert_config.json", "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
}

// without are the keys that change no vector: they say how the library computes, or are for tasks that are asked for by name.
var without = []string{"unpad_inputs", "query_length", "document_length", "query_expansion", "backend"}

// expected are the keys that have one supported value, beside none: as JSON without white space.
var expected = map[string]string{
	"transformer_task":   `"feature-extraction"`,
	"module_output_name": `"token_embeddings"`,
	"modality_config":    `{"text":{"method":"forward","method_output_name":"last_hidden_state"}}`,
	"processing_kwargs":  "{}",
	"model_args":         "{}", "model_kwargs": "{}",
	"tokenizer_args": "{}", "processor_kwargs": "{}",
	"config_args": "{}", "config_kwargs": "{}",
}

// readNetwork reads the settings of the network.
func (m *Model) readNetwork(folder string) error {
	for _, name := range networkFiles {
		path := filepath.Join(folder, name)
		all, err := members(path)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(all)) {
			value := all[key]
			if jsonfile.IsNull(value) || slices.Contains(without, key) {
				continue
			}
			switch key {
			case "max_seq_length":
				err = jsonfile.Decode(value, &m.MaxLength)
				if err != nil || m.MaxLength < 1 {
					err = fmt.Errorf("max_seq_length is %.40s, expected a whole number from 1 on, or null", value)
				}
			case "do_lower_case":
				if err = jsonfile.Decode(value, &m.Lowercase); err != nil {
					err = fmt.Errorf("do_lower_case is %.40s, expected true or false", value)
				}
			default:
				if want, ok := expected[key]; !ok || !jsonfile.Same(value, want) {
					err = fmt.Errorf("%s is %.80s, which is not supported", key, value)
				}
			}
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		return nil
	}
	return nil
}
