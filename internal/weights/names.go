package weights

import "strings"

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
