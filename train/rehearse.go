package train

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Rehearsal is what the rehearsal found.
type Rehearsal struct {
	StepSeconds     float64 // of the last rehearsed batch, without the update
	Memory          int64   // bytes held afterwards
	CheckpointBytes int64
}

// Rehearse goes once through everything a run will need, before it begins: forward and backward passes over the batches
// given (the largest ones there will be), an evaluation, a checkpoint. Faults that would come after hours come now. It
// changes nothing: neither weights nor progress nor the record.
func (t *Trainer[B, C]) Rehearse(ctx context.Context, batches []B, evaluate func(context.Context) error) (Rehearsal, error) {
	var r Rehearsal
	for _, b := range batches {
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		began := time.Now()
		if err := t.try(b); err != nil {
			return r, fmt.Errorf("train: rehearsing a step with %d tokens: %w", t.task.Tokens(b), t.explain(err))
		}
		r.StepSeconds = time.Since(began).Seconds()
	}
	r.Memory = t.Device.Held()
	if evaluate != nil {
		if err := evaluate(ctx); err != nil {
			return r, fmt.Errorf("train: rehearsing the evaluation: %w", t.explain(err))
		}
	}
	var err error
	if r.CheckpointBytes, err = t.tryCheckpoint(); err != nil {
		return r, fmt.Errorf("train: rehearsing a checkpoint: %w", err)
	}
	return r, nil
}

// try computes a batch's gradient and forgets it.
func (t *Trainer[B, C]) try(batch B) error {
	defer func() {
		_ = torch.Run(func() error { t.store.ZeroGrads(); return nil })
	}()
	return torch.Do(t.mode(0), func(p *torch.Pass) error {
		gradient, _ := t.optimizer.Gradient()
		out, err := t.task.Loss(p, batch, gradient)
		if err != nil {
			return err
		}
		t.optimizer.Backward(p, out.Loss)
		norm := torch.Norm(t.store.Grads)
		if (math.IsNaN(norm) || math.IsInf(norm, 0)) && !t.state.Scaler.On {
			return fault.New("the gradient's norm is %v before any update", norm).Advise("are the weights it begins with sound?")
		}
		return nil
	})
}

// tryCheckpoint writes a checkpoint where the run's will be, and removes it.
func (t *Trainer[B, C]) tryCheckpoint() (size int64, err error) {
	release, err := t.optimizer.gather()
	if err != nil || !t.leads() {
		return 0, err
	}
	defer release()
	folder := filepath.Join(t.Output, CheckpointsFolder)
	undo, err := disk.MakeFolder(folder)
	if err != nil {
		return 0, err
	}
	defer undo() // a run that is not begun leaves nothing
	temporary, err := os.MkdirTemp(disk.Pattern(filepath.Join(folder, "rehearsal")))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	s, err := t.present()
	if err != nil {
		return 0, err
	}
	fill, err := t.checkpoint(s)
	if err == nil {
		err = t.saver.wait()
	}
	if err == nil {
		err = fill(temporary)
	}
	if err != nil {
		return 0, err
	}
	return size, filepath.WalkDir(temporary, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
}
