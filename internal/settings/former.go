package settings

import (
	"encoding/json"
	"strings"
)

// formerly are the names that settings had in files which programs of before wrote.
var formerly = map[string]string{"length": "seq_length", "patience": "early_stop", "warmup_steps": "warmup", "warmup_share": "warmup"}

// leftOut are settings of fine-tuning that were not written where they were nothing.
var leftOut = map[string]string{
	"steps": "0", "stride": "0", "gradient_checkpoint": "false", "freeze": "null", "reinit": "0", "dropout": "null", "pooling": `""`, "all_pieces": "false",
	"label_smoothing": "0", "class_weights": `""`, "lora": "false", "merge": "false", "teacher": `""`, "temperature": "0", "alpha": "0",
	"early_stop": "0", "metric": `""`, "evaluate_every": "0",
}

// Modernize gives settings of before the names of today.
func (m Members) Modernize() error {
	// The warm-up was two settings: a number of steps, or, where that was 0, a share of the run.
	if steps, ok := m["warmup_steps"]; ok && string(steps) == "0" {
		delete(m, "warmup_steps")
	} else if ok {
		delete(m, "warmup_share")
	}
	delete(m, "world") // was always 1
	for was, is := range formerly {
		value, old := m[was]
		if _, both := m[is]; old && !both {
			m[is] = value
			delete(m, was)
		}
	}
	// Fine-tuning kept the optimizer and the adapters in objects of their own.
	if text := m["optimizer"]; len(text) > 0 && text[0] == '{' {
		if err := m.spread("optimizer", "", text); err != nil {
			return err
		}
		if text, ok := m["lora"]; ok {
			if err := m.spread("lora", "lora_", text); err != nil {
				return err
			}
			m["lora"] = json.RawMessage("true")
		}
		if string(m["balanced"]) == "true" {
			m["class_weights"] = json.RawMessage(`"balanced"`)
		} else if text, ok := m["class_weights"]; ok {
			list, _ := json.Marshal(strings.ReplaceAll(strings.Trim(string(text), "[]"), " ", ""))
			m["class_weights"] = list
		}
		for name, value := range leftOut {
			if _, ok := m[name]; !ok {
				m[name] = json.RawMessage(value)
			}
		}
	}
	return nil
}

// spread puts the members of an object beside it.
func (m Members) spread(name, prefix string, object json.RawMessage) error {
	var members Members
	if err := json.Unmarshal(object, &members); err != nil {
		return err
	}
	delete(m, name)
	for key, value := range members {
		m[prefix+key] = value
	}
	return nil
}
