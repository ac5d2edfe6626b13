package sentencetransformers

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"gobert/internal/intake"
)

// Activation is what a cross-encoder's folder says is done to its score: "sigmoid", "" for nothing, or found false where the
// folder says nothing. config are the members of its config.json. The library's own order counts: the settings of the whole
// model, then config.json in its newer and its older form.
func Activation(folder string, config map[string]json.RawMessage) (name string, found bool, err error) {
	path := filepath.Join(folder, promptsFile)
	var whole struct {
		Activation *string `json:"activation_fn"`
		Prompt     *string `json:"default_prompt_name"`
		Type       string  `json:"model_type"`
	}
	if _, err := read(path, &whole); err != nil {
		return "", false, fault(err)
	}
	if whole.Type == "CrossEncoder" {
		if whole.Prompt != nil {
			return "", false, fmt.Errorf("sentencetransformers: %s: default_prompt_name is %q: prompts of a cross-encoder are not supported", path, *whole.Prompt)
		}
		if whole.Activation != nil {
			name, err := activationOf(*whole.Activation)
			if err != nil {
				err = fmt.Errorf("sentencetransformers: %s: activation_fn: %w", path, err)
			}
			return name, true, err
		}
	}
	path = filepath.Join(folder, configFile)
	var newer struct {
		Activation *string `json:"activation_fn"`
	}
	key := "sentence_transformers"
	if value := config[key]; !intake.IsNull(value) {
		err = intake.Decode(value, &newer)
	} else if key = "sbert_ce_default_activation_function"; !intake.IsNull(config[key]) {
		newer.Activation = new(string)
		err = intake.Decode(config[key], newer.Activation)
	}
	if err == nil && newer.Activation != nil {
		found = true
		name, err = activationOf(*newer.Activation)
	}
	if err != nil {
		err = fmt.Errorf("sentencetransformers: %s: %s: %w", path, key, err)
	}
	return name, found, err
}

// ForgetActivation takes what config.json says of a cross-encoder's score out of its members: a new head has another one.
func ForgetActivation(config map[string]json.RawMessage) map[string]json.RawMessage {
	config = maps.Clone(config)
	delete(config, "sentence_transformers")
	delete(config, "sbert_ce_default_activation_function")
	return config
}

// activationOf reads the name of a class of PyTorch.
func activationOf(class string) (string, error) {
	name, ok := activations[class[strings.LastIndexByte(class, '.')+1:]]
	if !ok || !strings.HasPrefix(class, "torch.nn.") {
		return "", fmt.Errorf("%q is not supported: expected one of torch.nn's %s", class, strings.Join(slices.Sorted(maps.Keys(activations)), ", "))
	}
	return name, nil
}
