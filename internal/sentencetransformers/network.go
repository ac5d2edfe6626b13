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
var known = map[string][]string{
	"transformer_task":       {`"feature-extraction"`},
	"module_output_name":     {`"token_embeddings"`},
	"modality_config":        {`{"text":{"method":"forward","method_output_name":"last_hidden_state"}}`},
	"processing_kwargs":      {"{}"},
	"model_args":             {"{}"},
	"model_kwargs":           {"{}"},
	"tokenizer_args":         {"{}"},
	"processor_kwargs":       {"{}"},
	"config_args":            {"{}"},
	"config_kwargs":          {"{}"},
	"tokenizer_name_or_path": {}, // with no value
	"max_seq_length":         nil,
	"do_lower_case":          nil,
	"unpad_inputs":           nil,
	"query_length":           nil,
	"document_length":        nil,
	"query_expansion":        nil,
}

// ofMasked are the values of some of them where the network is a masked language model, whose logits are pooled.
var ofMasked = map[string][]string{
	"transformer_task": {`"fill-mask"`},
	"modality_config":  {`{"text":{"method":"forward","method_output_name":"logits"}}`},
}

// readNetwork reads the settings of the network.
func (m *Model) readNetwork(folder string) error {
	for _, name := range networkFiles {
		var all map[string]json.RawMessage
		_, err := read(filepath.Join(folder, name), &all, func() error { return m.setNetwork(all) })
		if err != nil || len(all) > 0 {
			return err
		}
	}
	return nil
}

// setNetwork takes the settings over.
func (m *Model) setNetwork(all map[string]json.RawMessage) error {
	var rules []intake.Rule
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if values, ok := known[key]; !ok {
			rules = append(rules, intake.Rule{Key: key, Why: "the key is not known"})
		} else if values != nil {
			if also, ok := ofMasked[key]; ok && m.Logarithms > 0 {
				values = also
			}
			rules = append(rules, intake.Rule{Key: key, Harmless: values, Why: "not supported"})
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
