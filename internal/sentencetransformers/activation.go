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
	var whole struct {
		Activation *string `json:"activation_fn"`
		Prompt     *string `json:"default_prompt_name"`
		Type       string  `json:"model_type"`
	}
	_, err = read(filepath.Join(folder, promptsFile), &whole, func() error {
		if found = whole.Type == "CrossEncoder" && whole.Activation != nil; found {
			name, err = activationOf("activation_fn", *whole.Activation)
		}
		if whole.Type == "CrossEncoder" && whole.Prompt != nil {
			return fmt.Errorf("default_prompt_name is %q: prompts of a cross-encoder are not supported", *whole.Prompt)
		}
		return err
	})
	if err != nil || found {
		return name, found, inPackage(err)
	}
	var newer struct {
		Activation *string `json:"activation_fn"`
	}
	key := newKey
	if value := config[key]; !intake.IsNull(value) {
		err = intake.Decode(value, &newer)
	} else if key = oldKey; !intake.IsNull(config[key]) {
		newer.Activation = new(string)
		err = intake.Decode(config[key], newer.Activation)
	}
	if err == nil && newer.Activation != nil {
		found = true
		name, err = activationOf(key, *newer.Activation)
	} else if err != nil {
		err = fmt.Errorf("%s: %w", key, err)
	}
	if err != nil {
		err = fmt.Errorf("sentencetransformers: %s: %w", filepath.Join(folder, configFile), err)
	}
	return name, found, err
}

// What config.json says of a cross-encoder's score stands under one of these.
const newKey, oldKey = "sentence_transformers", "sbert_ce_default_activation_function"

// ForgetActivation takes what config.json says of a cross-encoder's score out of its members: a new head has another one.
func ForgetActivation(config map[string]json.RawMessage) map[string]json.RawMessage {
	config = maps.Clone(config)
	delete(config, newKey)
	delete(config, oldKey)
	return config
}

// activationOf reads the name of a class of PyTorch, which stands under a key.
func activationOf(key, class string) (string, error) {
	name, ok := activations[class[strings.LastIndexByte(class, '.')+1:]]
	if !ok || !strings.HasPrefix(class, "torch.nn.") {
		return "", fmt.Errorf("%s: %q is not supported: expected one of torch.nn's %s", key, class, strings.Join(slices.Sorted(maps.Keys(activations)), ", "))
	}
	return name, nil
}
