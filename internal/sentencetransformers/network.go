package sentencetransformers

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"gobert/internal/intake"
)

// networkFiles are where the settings of the network may be; the first that is there counts.
var networkFiles = [...]string{
	"sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json",
	"sentence_albert_config.json", "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
}

// known are the keys that the library knows. Those with values here are supported with these alone; the others change no
// vector, say how the library computes, or are for tasks that are asked for by name.
var known = []intake.Rule{
	{Key: "transformer_task", Harmless: []string{`"feature-extraction"`}},
	{Key: "module_output_name", Harmless: []string{`"token_embeddings"`}},
	{Key: "modality_config", Harmless: []string{`{"text":{"method":"forward","method_output_name":"last_hidden_state"}}`}},
	{Key: "processing_kwargs", Harmless: []string{"{}"}},
	{Key: "model_args", Harmless: []string{"{}"}},
	{Key: "model_kwargs", Harmless: []string{"{}"}},
	{Key: "tokenizer_args", Harmless: []string{"{}"}},
	{Key: "processor_kwargs", Harmless: []string{"{}"}},
	{Key: "config_args", Harmless: []string{"{}"}},
	{Key: "config_kwargs", Harmless: []string{"{}"}},
	{Key: "tokenizer_name_or_path"},
	{Key: "max_seq_length"},
	{Key: "do_lower_case"},
	{Key: "unpad_inputs"},
	{Key: "query_length"},
	{Key: "document_length"},
	{Key: "query_expansion"},
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
		if err := m.parseNetwork(all); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
	return nil
}

// parseNetwork is the reading itself, apart from the file.
func (m *Model) parseNetwork(all map[string]json.RawMessage) error {
	var rules []intake.Rule
	for _, key := range slices.Sorted(maps.Keys(all)) {
		at := slices.IndexFunc(known, func(r intake.Rule) bool { return r.Key == key })
		switch {
		case at < 0:
			rules = append(rules, intake.Rule{Key: key, Why: "the key is not known"})
		case known[at].Harmless != nil || key == "tokenizer_name_or_path":
			rules = append(rules, intake.Rule{Key: key, Harmless: known[at].Harmless, Why: "not supported"})
		}
	}
	if faults := intake.Refuse(all, rules); len(faults) > 0 {
		return errors.Join(faults...)
	}
	if value := all["max_seq_length"]; !intake.IsNull(value) {
		if err := intake.Decode(value, &m.MaxLength); err != nil || m.MaxLength < 1 {
			return fmt.Errorf("max_seq_length is %.40s, expected a whole number from 1 on, or null", value)
		}
	}
	if value := all["do_lower_case"]; !intake.IsNull(value) {
		if err := intake.Decode(value, &m.Lowercase); err != nil {
			return fmt.Errorf("do_lower_case is %.40s, expected true or false", value)
		}
	}
	return nil
}
