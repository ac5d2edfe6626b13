package train

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/internal/safetensors"
	"gobert/internal/torch"
)

// The parts of a run's folder.
const (
	CheckpointsFolder = "checkpoints"
	BestFolder        = "best" // the best evaluated model

	stepPrefix    = "step-"                 // of a checkpoint's folder, before its step
	optimizerFile = "optimizer.safetensors" // in each checkpoint
)

// Save writes a checkpoint of the present step: a Hugging Face folder with the optimizer's moments and the run's state. It
// appears whole or not at all. Older ones beyond Keep are removed afterwards, so a full disk costs no good checkpoint.
func (t *Trainer[B, C]) Save() error {
	if _, err := t.look(); err != nil || !t.leads() {
		return err
	}
	if s, ok := t.Reporter.(Syncer); ok {
		if err := s.Sync(); err != nil {
			return fmt.Errorf("train: the record of step %d: %w", t.state.Step, err)
		}
	}
	folder := filepath.Join(t.Output, CheckpointsFolder, fmt.Sprintf("%s%09d", stepPrefix, t.state.Step))
	if _, err := ReadState(folder); err == nil {
		return nil // this step is saved already
	}
	if err := bert.Replace(folder, t.write); err != nil {
		return fmt.Errorf("train: saving step %d (the checkpoint before it is untouched): %w", t.state.Step, err)
	}
	if t.Reporter != nil {
		t.Reporter.Saved(t.state.Step, folder)
	}
	return t.prune()
}

func (t *Trainer[B, C]) write(folder string) error {
	if err := t.writeModel(folder, false); err != nil {
		return err
	}
	if err := t.writeOptimizer(filepath.Join(folder, optimizerFile)); err != nil {
		return err
	}
	seen, err := t.look()
	if err != nil {
		return err
	}
	s := t.state
	s.Settings, s.Extra, s.Meter = t.Settings, t.Extra, t.meter.begun(seen.sums)
	if t.cursor != nil {
		var err error
		if s.Cursor, err = json.Marshal(*t.cursor); err != nil {
			return err
		}
	}
	return s.write(folder)
}

func (t *Trainer[B, C]) writeModel(folder string, best bool) error {
	if err := bert.Write(t.task.Network(), folder, bert.SaveOptions{}); err != nil {
		return err
	}
	if t.Decorate != nil {
		return t.Decorate(folder, best)
	}
	return nil
}

// saveBest writes the model, without the optimizer, into the run's best folder.
func (t *Trainer[B, C]) saveBest() error {
	return bert.Replace(filepath.Join(t.Output, BestFolder), func(folder string) error { return t.writeModel(folder, true) })
}

// writeOptimizer keeps the moments under their parameters' names.
func (t *Trainer[B, C]) writeOptimizer(path string) error {
	return torch.Run(func() error {
		var tensors []safetensors.Tensor
		for kind, moments := range map[string]*torch.Tensor{firstMoment: t.optimizer.M, secondMoment: t.optimizer.V} {
			data := moments
			if t.Device.IsCUDA() {
				data = moments.To(torch.Float32, torch.CPU)
				defer data.Free()
			}
			memory := data.Memory()
			for _, p := range t.store.Parameters {
				size := 4 * p.Numel()
				tensors = append(tensors, safetensors.Tensor{Name: kind + p.Name, DType: safetensors.F32, Shape: p.Shape, Data: memory[:size]})
				memory = memory[size:]
			}
		}
		return safetensors.Write(path, tensors, nil)
	})
}

// PyTorch's names of Adam's moments, before a parameter's name.
const (
	firstMoment  = "exp_avg."
	secondMoment = "exp_avg_sq."
)

// prune removes all but the newest Keep checkpoints.
func (t *Trainer[B, C]) prune() error {
	if t.Keep == 0 {
		return nil
	}
	folders, err := Checkpoints(t.Output)
	if err != nil {
		return err
	}
	for len(folders) > t.Keep {
		if err := os.RemoveAll(folders[0]); err != nil {
			return fmt.Errorf("train: removing an old checkpoint: %w", err)
		}
		folders = folders[1:]
	}
	return nil
}

// Checkpoints lists the checkpoints of a run's folder, oldest first.
func Checkpoints(run string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(run, CheckpointsFolder))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	var folders []string
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), stepPrefix) {
			folders = append(folders, filepath.Join(run, CheckpointsFolder, e.Name()))
		}
	}
	slices.Sort(folders)
	return folders, nil
}
