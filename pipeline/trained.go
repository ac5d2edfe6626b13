package pipeline

import (
	"encoding/json"
	"path/filepath"

	"gobert/internal/intake"
)

// Trained is what a run of fine-tuning was told that matters to who uses its folder; all are zero for a folder from elsewhere.
type Trained struct {
	Task      string   `json:"task"`
	SeqLength int      `json:"seq_length"`
	AllPieces bool     `json:"all_pieces"`
	NoAnswer  *float64 `json:"-"` // squad 2.0: the threshold that evaluation found best
}

// trained reads it from the result of the run.
func trained(folder string) Trained {
	var r struct {
		Settings Trained            `json:"settings"`
		Metrics  map[string]float64 `json:"metrics"`
	}
	text, err := intake.ReadFile(filepath.Join(folder, "result.json"))
	if err != nil || json.Unmarshal(text, &r) != nil {
		return Trained{}
	}
	if threshold, ok := r.Metrics["best_f1_thresh"]; ok {
		r.Settings.NoAnswer = &threshold
	}
	return r.Settings
}
