package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/internal/disk"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

// The parts of a run's folder.
const (
	CheckpointsFolder = "checkpoints"
	BestFolder        = "best" // the best evaluated model

	BestFile      = "best.json"             // in the best folder: the step and the value of what it holds
	OptimizerFile = "optimizer.safetensors" // in each checkpoint

	stepPrefix = "step-" // of a checkpoint's folder, before its step
)

// Save writes a checkpoint of the present step: a Hugging Face folder with the optimizer's moments and the run's state. It
// appears whole or not at all. Older ones beyond Keep are removed afterwards, so a full disk costs no good checkpoint.
//
// On a CUDA device, where no team trains, it is written while training goes on, and [Trainer.Finish] waits for it; one that is begun later waits for those
// before. What belongs to the step is taken now. What goes wrong is the error of the next step or save, or of Finish.
func (t *Trainer[B, C]) Save() error {
	s, err := t.present()
	if err != nil {
		return err
	}
	release, err := t.optimizer.gather()
	if err != nil || !t.leads() {
		return err
	}
	defer release()
	what := s.identity()
	if t.saver.writing(what) {
		return nil
	}
	if r, ok := t.Reporter.(Syncer); ok {
		if err := r.Sync(); err != nil {
			return fmt.Errorf("train: the record of step %d: %w", s.Step, err)
		}
	}
	// A step that was saved already may lack its evaluation, which was interrupted, or be of a run with other settings.
	folder := filepath.Join(t.Output, CheckpointsFolder, fmt.Sprintf("%s%09d", stepPrefix, s.Step))
	if there, err := ReadState(folder); err == nil && there.identity() == what {
		return t.publish(folder) // who saved it may have been killed before this
	}
	fill, err := t.checkpoint(s)
	if err != nil {
		return err
	}
	return t.write(what, func() error {
		if err := bert.Replace(folder, fill); err != nil {
			return fmt.Errorf("train: saving step %d (the checkpoint before it is untouched): %w", s.Step, err)
		}
		return errors.Join(t.publish(folder), t.prune(s.Step))
	}, func() {
		if t.Reporter != nil {
			t.Reporter.Saved(s.Step, folder)
		}
	})
}

// Finish waits until all that was saved is on the disk, and says what went wrong.
func (t *Trainer[B, C]) Finish() error { return t.saver.ended(true) }

// write begins a writing, and waits for it where training cannot go on meanwhile.
func (t *Trainer[B, C]) write(what string, write func() error, told func()) error {
	t.saver.begin(what, write, told)
	if t.Device.IsCUDA() && !t.SaveWaits && t.Team == nil {
		return nil
	}
	return t.Finish()
}

func (t *Trainer[B, C]) publish(folder string) error {
	if t.Publish == nil {
		return nil
	}
	return t.Publish(folder)
}

// present is the state of the run that a checkpoint of now holds.
func (t *Trainer[B, C]) present() (State, error) {
	seen, err := t.look()
	if err != nil {
		return State{}, err
	}
	s := t.state
	s.Settings, s.Extra, s.Meter = t.Settings, t.Extra, t.meter.begun(seen.sums)
	if t.cursor != nil {
		s.Cursor, err = json.Marshal(*t.cursor)
	}
	return s, err
}

// checkpoint takes what a checkpoint of the present state holds, and gives what writes it into a folder, at any time and on any
// goroutine, before the next is taken.
func (t *Trainer[B, C]) checkpoint(s State) (fill func(folder string) error, err error) {
	model, err := t.model(false)
	if err != nil {
		return nil, err
	}
	return func(folder string) error {
		if err := model(folder); err != nil {
			return err
		}
		if err := t.writeOptimizer(filepath.Join(folder, OptimizerFile)); err != nil {
			return err
		}
		return s.write(folder)
	}, nil
}

// model takes the weights, as checkpoint does.
func (t *Trainer[B, C]) model(best bool) (fill func(folder string) error, err error) {
	if t.saver.step != t.state.Step { // what is still being written needs the memory
		err = t.Finish()
	}
	if len(t.saver.writings) == 0 && err == nil {
		err = torch.Run(func() error { t.saver.take(t.store, t.optimizer, t.state.Step); return nil })
	}
	if err != nil {
		return nil, err
	}
	decorate := func(string) error { return nil }
	if t.Decorate != nil {
		decorate = t.Decorate(best)
	}
	return func(folder string) error {
		if err := bert.Write(t.task.Network(), folder, bert.SaveOptions{Values: slicesOf(t.store.Parameters, t.saver.values)}); err != nil {
			return err
		}
		return decorate(folder)
	}, nil
}

// saveBest writes the model, without the optimizer, into the run's best folder.
func (t *Trainer[B, C]) saveBest() error {
	fill, err := t.model(true)
	if err != nil {
		return err
	}
	text, err := json.Marshal(t.state.Best)
	if err != nil {
		return err
	}
	folder := filepath.Join(t.Output, BestFolder)
	return t.write(folder, func() error {
		return bert.Replace(folder, func(folder string) error {
			return errors.Join(fill(folder), disk.Write(filepath.Join(folder, BestFile), append(text, '\n')))
		})
	}, nil)
}

// writeOptimizer keeps the moments under their parameters' names.
func (t *Trainer[B, C]) writeOptimizer(path string) error {
	var tensors []weights.Tensor
	for kind, moments := range map[string]*torch.Tensor{firstMoment: t.saver.m, secondMoment: t.saver.v} {
		of := slicesOf(t.store.Parameters, moments)
		for _, p := range t.store.Parameters {
			tensors = append(tensors, weights.Tensor{Name: kind + p.Name, DType: weights.F32, Shape: p.Shape, Data: of(p)})
		}
	}
	return weights.Write(path, tensors, nil)
}

// PyTorch's names of Adam's moments, before a parameter's name.
const (
	firstMoment  = "exp_avg."
	secondMoment = "exp_avg_sq."
)

// prune removes all but the newest Keep checkpoints up to that step. Whole ones of later steps go too, once a step was made since the
// run was resumed: they are of a branch that was left for an older checkpoint. What is broken is not known to be of it, and what a
// person gave a name to is theirs.
func (t *Trainer[B, C]) prune(step int64) error {
	folders, err := Checkpoints(t.Output)
	if err != nil {
		return err
	}
	var past, gone []string
	for _, folder := range folders {
		at, ok := stepOf(folder)
		switch {
		case !ok:
		case at <= step:
			past = append(past, folder)
		case step > t.resumedAt:
			if _, err := ReadState(folder); err == nil {
				gone = append(gone, folder)
			}
		}
	}
	if t.Keep > 0 {
		gone = append(gone, past[:max(0, len(past)-t.Keep)]...)
	}
	for _, folder := range gone {
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("train: removing an old checkpoint: %w", err)
		}
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
