package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gobert/internal/intake"
	"gobert/train"
)

// checkBest forgets the best evaluation of a run that goes on where the best folder holds another one: of a later step, which this run
// has not made yet and, with other settings, will never make. The next evaluation is the best then, and replaces it.
func (r *Run[B, C]) checkBest() error {
	folder := r.bestFolder()
	var kept *train.Best
	_, err := os.Stat(folder)
	if err == nil {
		kept, err = r.keptBest(folder)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if r.Was.Best == nil || kept == nil || *r.Was.Best != *kept {
		r.Was.Best, r.Was.Waiting = nil, 0
	}
	return nil
}

func (r *Run[B, C]) bestFolder() string { return filepath.Join(r.Config.Out, train.BestFolder) }

// keptBest says what the best folder holds; nil where nothing tells. Programs of before did not write it there: it is what the newest
// checkpoint says that can be read.
func (r *Run[B, C]) keptBest(folder string) (*train.Best, error) {
	path := filepath.Join(folder, train.BestFile)
	text, err := intake.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		_, s, _ := train.ToResume(r.Config.Out, "auto", func(error) {}) // where there is none, nothing tells
		return s.Best, nil
	}
	best := &train.Best{}
	if err == nil {
		err = json.Unmarshal(text, best)
	}
	if err != nil {
		return nil, fmt.Errorf("run: reading %s: %w", path, err)
	}
	return best, nil
}

// leaveBest removes the best model of a branch that was left, with its checkpoints: when this one has saved a step of its own.
func (r *Run[B, C]) leaveBest(step int64) error {
	if r.Checkpoint == "" || step <= r.Was.Step || r.Trainer.State().Best != nil {
		return nil
	}
	if err := os.RemoveAll(r.bestFolder()); err != nil {
		return fmt.Errorf("run: removing the best model of a branch that was left: %w", err)
	}
	return nil
}
