package finetune

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gobert/internal/disk"
	"gobert/internal/intake"
	"gobert/task"
)

// findingsFile keeps what was found on dev, for the report: a dev split that was drawn from train is not there any more when
// somebody asks.
const findingsFile = "evaluation.json"

// measuredOn says what a run's own results were measured on.
func measuredOn(f *task.Findings) string {
	if f.Seen > 0 {
		return fmt.Sprintf("%d dev texts, of which %d are in the training data too", f.Examples, f.Seen)
	}
	return "dev texts that it was not trained on"
}

// keep writes what an evaluation found into a folder.
func (t *training) keep(folder string, e *task.Evaluation) error {
	f := e.Findings()
	f.Train, f.Seen = len(t.train.Examples), firstPart(t.job.Data.Dev).Seen
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("finetune: %s: %w", findingsFile, err)
	}
	return disk.Write(filepath.Join(folder, findingsFile), append(text, '\n'))
}

// readFindings reads them; a run that had no dev data has none.
func readFindings(folder string) (*task.Findings, error) {
	path := filepath.Join(folder, findingsFile)
	text, err := intake.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("finetune: %w", err)
	}
	f := &task.Findings{}
	if err := json.Unmarshal(text, f); err != nil {
		return nil, fmt.Errorf("finetune: reading %s: %w", path, err)
	}
	return f, nil
}
