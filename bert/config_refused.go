package bert

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// refused are the keys of config.json that Config has no field for and that change what the reference computes, or have changed
// it in a version that wrote such files (transformers 2 to 5: BertConfig, PreTrainedConfig and what they read). The values that
// are listed are those that change nothing; null and a key that is missing never do. Every other key of a file is kept and has
// no effect here, as it has none in the reference's BERT.
var refused = []struct {
	key      string
	harmless []string
	why      string
}{
	{"model_type", []string{`"bert"`}, "expected \"bert\" (hint: kin such as RoBERTa or DistilBERT have other weights)"},
	{"is_decoder", []string{"false"}, "BERT is an encoder only"},
	{"add_cross_attention", []string{"false"}, "BERT is an encoder only"},
	{"is_encoder_decoder", []string{"false"}, "BERT is an encoder only"},
	{"pruned_heads", []string{"{}"}, "a model without some of its heads is not supported (hint: keep them, with weights of 0)"},
	{"per_layer_config", []string{"{}"}, "layers of different sizes are not supported"},
	{"quantization_config", []string{"{}"}, "quantized weights are not supported (hint: save the model in fp32, fp16 or bf16)"},
}

// refusals lists what a configuration asks for and does not get.
func (c Config) refusals() (faults []error) {
	for _, r := range refused {
		raw, ok := c.Extra[r.key]
		if value := compact(raw); ok && value != "null" && !slices.Contains(r.harmless, value) {
			const most = 60
			if len(value) > most {
				value = value[:most] + "..."
			}
			faults = append(faults, fmt.Errorf("%s is %s: %s", r.key, strings.ToValidUTF8(value, ""), r.why))
		}
	}
	return faults
}

// compact writes a value without white space.
func compact(raw json.RawMessage) string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return string(raw)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return string(raw)
	}
	return string(text)
}
