package pretrain

import (
	"fmt"
	"os"
	"path/filepath"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/record"
	"gobert/train"
)

// The files of a run's folder beside those of package train and package record.
const (
	ConfigFile  = "run.json"
	SamplesFile = "samples.jsonl"
)

// modelFiles are what makes a folder a model that others open.
func modelFiles() []string {
	return []string{
		"config.json", "model.safetensors", "model.safetensors.index.json", "tokenizer.json", "tokenizer_config.json",
		"special_tokens_map.json", "vocab.txt", "added_tokens.json", "README.md",
	}
}

// vacant says whether a new run may begin in a folder.
func vacant(out string) error {
	entries, err := disk.Content(out)
	switch {
	case err != nil:
		return fault.New("{out}: %w", err)
	case len(entries) == 0:
		return nil
	}
	if holdsRun(out) {
		return fault.Usage("{out}: %s holds another run", out).Advise("{resume} auto goes on with it; otherwise give a new folder")
	}
	return fault.Usage("{out}: %s holds something else", out).Advise("give a new folder")
}

// holdsRun says whether a run was begun in a folder.
func holdsRun(out string) bool {
	for _, name := range []string{ConfigFile, record.FileName, train.CheckpointsFolder} {
		if _, err := os.Stat(filepath.Join(out, name)); err == nil {
			return true
		}
	}
	return false
}

// occupy makes the folder this process's own, clean of what a killed run left.
func (r *run) occupy() error {
	if r.config.Out == "" {
		return nil // a fault that is found with the others
	}
	var err error
	r.claim, err = disk.Claim(r.config.Out, func(m string) { r.talk.Log.Warn("out: " + m) }, train.CheckpointsFolder)
	switch {
	case disk.IsHeld(err):
		return fault.New("{out}: %w", err)
	case err != nil:
		return fault.Usage("{out}: %w", err)
	}
	return nil
}

// publish makes the run's own folder open as the checkpoint's model. Links cost no space, and outlive the checkpoint.
func publish(out, checkpoint string) error {
	for _, name := range modelFiles() {
		from, to := filepath.Join(checkpoint, name), filepath.Join(out, name)
		if _, err := os.Stat(from); err != nil {
			continue
		}
		if err := disk.Link(from, to); err != nil {
			return fmt.Errorf("pretrain: putting the model into %s: %w", out, err)
		}
	}
	return nil
}
