package train

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"gobert/internal/fault"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

// Newest finds the newest whole checkpoint of a run; what is broken is passed over and told in skipped. An empty path means
// that none was made yet. Where all are broken it is an error: to begin anew would take what the run has left.
func Newest(run string) (path string, skipped []error, err error) {
	path, _, skipped, err = newest(run)
	return path, skipped, err
}

// newest also gives the state, which takes reading all of the checkpoint.
func newest(run string) (path string, s State, skipped []error, err error) {
	folders, err := Checkpoints(run)
	if err != nil {
		return "", s, nil, err
	}
	for _, folder := range slices.Backward(folders) {
		if s, err = ReadState(folder); err != nil {
			skipped = append(skipped, err)
			continue
		}
		return folder, s, skipped, nil
	}
	if len(skipped) > 0 {
		return "", State{}, nil, fmt.Errorf("train: no checkpoint in %s is whole; the newest: %w (hint: a run into another folder begins anew)", run, skipped[0])
	}
	return "", State{}, nil, nil
}

// ToResume finds where a run goes on: of what was asked for, "" begins anew, "auto" takes the newest whole checkpoint, if there is
// one, and all else names a checkpoint. It is told of what is broken. An empty path begins anew.
func ToResume(run, asked string, warn func(message string)) (folder string, s State, err error) {
	switch asked {
	case "":
		return "", s, nil
	case "auto":
		var skipped []error
		folder, s, skipped, err = newest(run)
		for _, err := range skipped {
			warn("passed over: " + err.Error())
		}
		if err != nil || folder == "" {
			return "", s, err
		}
	default:
		folder = filepath.Clean(asked)
		if s, err = ReadState(folder); err != nil {
			return "", s, fault.New("{resume}: %w", err)
		}
	}
	if len(s.Extra) == 0 {
		return "", s, fault.New("{resume}: %s is no checkpoint of a run", folder)
	}
	return folder, s, nil
}

// Resume takes weights, moments and progress from a checkpoint, after which the run goes on with the very next batch.
// Whether its settings are those of the run is for the caller to see: [State] has them.
func (t *Trainer[B, C]) Resume(folder string) error {
	s, err := ReadState(folder)
	if err != nil {
		return err
	}
	return t.ResumeFrom(folder, s)
}

// ResumeFrom is Resume from a checkpoint whose state was read, and its files with that, as by [ToResume].
func (t *Trainer[B, C]) ResumeFrom(folder string, s State) error {
	model, err := weights.OpenSafetensors(filepath.Join(folder, weights.ModelFile))
	if err != nil {
		return err
	}
	defer model.Close()
	moments, err := weights.OpenSafetensors(filepath.Join(folder, OptimizerFile))
	if err != nil {
		return err
	}
	defer moments.Close()
	err = torch.Run(func() error {
		var at int64
		for _, p := range t.store.Parameters {
			for _, part := range []struct {
				file *weights.File
				name string
				into *torch.Tensor
			}{{model, p.Name, t.store.Values}, {moments, firstMoment + p.Name, t.optimizer.M}, {moments, secondMoment + p.Name, t.optimizer.V}} {
				if err := restore(part.file, part.name, part.into, at, p.Shape); err != nil {
					return fmt.Errorf("train: resuming %s: %w", folder, err)
				}
			}
			at += p.Numel()
		}
		t.store.SyncCompute()
		t.meter.restore(s.Meter)
		t.optimizer.Restore(s.Updates, s.Scaler)
		return nil
	})
	if err != nil {
		return err
	}
	t.state = s
	if s.Cursor != nil {
		t.cursor = new(C)
		return json.Unmarshal(s.Cursor, t.cursor)
	}
	return nil
}

func restore(file *weights.File, name string, into *torch.Tensor, at int64, shape []int64) error {
	w, ok := file.Tensor(name)
	if !ok {
		return fmt.Errorf("%s is missing: the checkpoint is of another architecture", name)
	}
	if !slices.Equal(w.Shape, shape) || w.DType != weights.F32 {
		return fmt.Errorf("%s is %v%v, expected F32%v: the checkpoint is of another architecture", name, w.DType, w.Shape, shape)
	}
	source := torch.NewOver(w.Data, torch.Float32, shape...)
	defer source.Free()
	view := into.View(at, shape...)
	defer view.Free()
	view.CopyFrom(source, false)
	return nil
}
