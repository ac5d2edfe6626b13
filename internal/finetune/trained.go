package finetune

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// Trained reads with which settings a run's folder was made; all are zero for a folder from elsewhere.
func Trained(folder string) Settings {
	var r struct {
		Settings Settings           `json:"settings"`
		Metrics  map[string]float64 `json:"metrics"`
	}
	text, err := os.ReadFile(filepath.Join(folder, resultFile))
	if err != nil || json.Unmarshal(text, &r) != nil {
		return Settings{}
	}
	if threshold, ok := r.Metrics["best_f1_thresh"]; ok {
		r.Settings.NoAnswer = &threshold
	}
	return r.Settings
}

// Positions is the longest text that the model can read at once.
func (m *Model) Positions() int { return m.Network.Encoder().Config.MaxPositions }
