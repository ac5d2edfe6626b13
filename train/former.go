package train

import (
	"encoding/json"
	"maps"
)

// formerly are the names that settings had in files which programs of before wrote.
var formerly = map[string]string{"length": "seq_length", "patience": "early_stop", "warmup_steps": "warmup", "warmup_share": "warmup"}

// Renamed gives settings, as a file has them, the names of today.
func Renamed(fields map[string]json.RawMessage) map[string]json.RawMessage {
	fields = maps.Clone(fields)
	// The warm-up was two settings: a number of steps, or, where that was 0, a share of the run.
	if steps, ok := fields["warmup_steps"]; ok && string(steps) == "0" {
		delete(fields, "warmup_steps")
	} else if ok {
		delete(fields, "warmup_share")
	}
	for was, is := range formerly {
		value, old := fields[was]
		if _, new := fields[is]; old && !new {
			fields[is] = value
			delete(fields, was)
		}
	}
	return fields
}
