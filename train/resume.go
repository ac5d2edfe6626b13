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

// newest finds the newest whole checkpoint of a run and its state; what is broken is passed over and told in skipped. An empty
// path means that none was made yet. Where all are broken it is an error: to begin anew would take what the run has left.
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
		return "", State{}, nil, fault.New("train: no checkpoint in %s is whole; the newest: %w", run, skipped[0]).Advise("a run into another folder begins anew")
	}
	return "", State{}, nil, nil
}

// ToResume finds where a run goes on: of what was asked for, "" begins anew, "auto" takes the newest whole checkpoint, if there is
// one, and all else names a checkpoint. It is told of what is broken. An empty path begins anew.
func ToResume(run, asked string, warn func(broken error)) (folder string, s State, err error) {
	switch asked {
	case "":
		return "", s, nil
	case "auto":
		var skipped []error
		folder, s, skipped, err = newest(run)
		for _, err := range skipped {
			warn(err)
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

// Resume takes weights, moments and progress from a checkpoint that [ToResume] or [ReadState] read, after which the run goes on
// with the very next batch. Whether its settings are those of the run is for the caller to see: [State] has them.
func (t *Trainer[B, C]) Resume(folder string, s State) error {
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
		err := t.store.Read(model, "", t.store.Values)
		for prefix, of := range map[string]*torch.Tensor{firstMoment: t.optimizer.M, secondMoment: t.optimizer.V} {
			if err == nil {
				err = t.optimizer.read(moments, prefix, of)
			}
		}
		if err != nil {
			return fmt.Errorf("train: resuming %s: %w", folder, err)
		}
		t.store.SyncCompute()
		t.meter.restore(s.Meter)
		t.optimizer.Restore(s.Updates, s.Scaler)
		return nil
	})
	if err != nil {
		return err
	}
	t.state, t.resumedAt = s, s.Step
	if s.Cursor != nil {
		t.cursor = new(C)
		return json.Unmarshal(s.Cursor, t.cursor)
	}
	return nil
}
