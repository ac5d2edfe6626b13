package weights

import (
	"regexp"
	"slices"
	"strings"
)

// currentName gives the name that transformers uses today for a weight of an older model. ok is
// false for a buffer that was saved once, but is no weight: it is computed from the config.
func currentName(name string) (current string, ok bool) {
	for _, buffer := range []string{"embeddings.position_ids", "embeddings.token_type_ids"} {
		if name == buffer || strings.HasSuffix(name, "."+buffer) {
			return "", false
		}
	}
	if prefix, found := strings.CutSuffix(name, "LayerNorm.gamma"); found {
		return prefix + "LayerNorm.weight", true
	}
	if prefix, found := strings.CutSuffix(name, "LayerNorm.beta"); found {
		return prefix + "LayerNorm.bias", true
	}
	return name, true
}

// slots are the parts of names that belong to training, not to the model: AdamW and LAMB of
// google-research/bert and its kin, and TensorFlow's own optimizers.
var slots = []string{
	"adam_m", "adam_v", "lamb_m", "lamb_v", "AdamWeightDecayOptimizer", "AdamWeightDecayOptimizer_1",
	"LAMBOptimizer", "LAMBOptimizer_1", "Adam", "Adam_1", "Momentum",
	"global_step", "beta1_power", "beta2_power", "loss_scale", "good_steps",
}

// numbered matches a scope such as layer_11.
var numbered = regexp.MustCompile(`^([A-Za-z]+)_([0-9]+)$`)

// huggingFaceName maps a variable of google-research/bert to the name that transformers gives
// it (as load_tf_weights_in_bert of transformers 4 does, and beyond it the heads of
// run_classifier.py and run_squad.py). A transposed one is stored as [in, out], where PyTorch
// has [out, in]. ok is false for what is not part of the model.
func huggingFaceName(variable string) (name string, transposed, ok bool) {
	parts := strings.Split(strings.TrimSuffix(variable, ":0"), "/")
	if slices.ContainsFunc(parts, func(part string) bool { return slices.Contains(slots, part) }) {
		return "", false, false
	}
	switch {
	case len(parts) == 1 && strings.HasPrefix(parts[0], "output_"):
		parts = []string{"classifier", parts[0]}
	case len(parts) == 3 && parts[0] == "cls" && parts[1] == "squad":
		parts = []string{"qa_outputs", parts[2]}
	case parts[0] != "bert" && parts[0] != "cls":
		return "", false, false
	}
	last := len(parts) - 1
	switch {
	case parts[last] == "kernel":
		parts[last], transposed = "weight", true
	case parts[last] == "gamma" || parts[last] == "output_weights":
		parts[last] = "weight"
	case parts[last] == "beta" || parts[last] == "output_bias":
		parts[last] = "bias"
	case strings.HasSuffix(parts[last], "_embeddings"):
		parts = append(parts, "weight")
	}
	for i, part := range parts {
		parts[i] = numbered.ReplaceAllString(part, "$1.$2")
	}
	return strings.Join(parts, "."), transposed, true
}
