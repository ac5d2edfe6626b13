package finetune

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gobert/bert"
	"gobert/internal/disk"
	"gobert/internal/record"
	"gobert/internal/report"
	"gobert/task"
	"gobert/train"
)

// evaluate measures dev for the trainer.
func (r *run) evaluate(ctx context.Context) ([]train.Value, error) {
	e, err := r.model.Evaluate(ctx, r.dev, task.EvaluateOptions{Task: r.Data.Task, Squad: r.squad()})
	if err != nil {
		return nil, err
	}
	r.last = e
	return e.Values, nil
}

// decorate completes a folder that the trainer writes. The best one is what the run's folder becomes; beside its weights it
// keeps what they were measured to be, so that a run that is resumed, whenever that is, tells the same of them.
func (r *run) decorate(best bool) func(folder string) error {
	measured := r.last
	return func(folder string) error {
		if err := r.model.Tokenizer.Save(folder); err != nil || !best {
			return err
		}
		if r.dev != nil {
			if err := r.keep(folder, measured); err != nil {
				return err
			}
		}
		return r.model.WriteAdapted(folder, r.Merge)
	}
}

// finish makes the run's folder the model's, and removes what only the run needed.
func (r *run) finish(ctx context.Context) (*Result, error) {
	state := r.trainer.State()
	result := &Result{
		Output: r.Out, Settings: r.Settings, Data: r.data, Steps: state.Step, BestStep: state.Step, Seconds: state.Elapsed.Seconds(),
	}
	best := filepath.Join(r.Out, train.BestFolder)
	if state.Best == nil || !r.SaveBest {
		if err := r.takeLast(ctx, best); err != nil {
			return nil, err
		}
	} else {
		result.BestStep = state.Best.Step
	}
	if err := r.measured(ctx, best, result); err != nil {
		return nil, err
	}
	if err := disk.Write(filepath.Join(best, "README.md"), []byte(r.card(result))); err != nil {
		return nil, fmt.Errorf("finetune: the model card: %w", err)
	}
	if err := r.curves(best); err != nil {
		return nil, err
	}
	if err := promote(best, r.Out); err != nil {
		return nil, err
	}
	if err := r.record.Sync(); err != nil {
		return nil, err
	}
	if err := result.write(); err != nil {
		return nil, err
	}
	return result, r.tidy()
}

// tidy removes what only a run needed that is not finished.
func (j *Job) tidy() error {
	err := os.RemoveAll(filepath.Join(j.Out, train.BestFolder))
	if !j.KeepAll {
		err = errors.Join(err, os.RemoveAll(filepath.Join(j.Out, train.CheckpointsFolder)))
	}
	return err
}

// takeLast makes the folder of the best weights that of the last ones.
func (r *run) takeLast(ctx context.Context, best string) error {
	if r.dev != nil && r.last == nil { // resumed after the last evaluation
		if _, err := r.evaluate(ctx); err != nil {
			return err
		}
	}
	return bert.Replace(best, func(folder string) error {
		if err := bert.Write(r.model.Network, folder, bert.SaveOptions{}); err != nil {
			return err
		}
		return r.decorate(true)(folder)
	})
}

// curves draws the run into its folder.
func (r *run) curves(folder string) error {
	if err := r.record.Sync(); err != nil {
		return err
	}
	entries, err := record.Read(r.Out)
	if err != nil {
		return err
	}
	figure, err := report.Runs([]report.Run{{Name: filepath.Base(r.Out), Entries: entries}}, report.RunOptions{LossUnit: lossUnit(r.model.Problem())})
	if err != nil {
		return err
	}
	if len(figure.Panels) == 0 {
		return nil // a run too short for a curve
	}
	return report.Draw(filepath.Join(folder, "curves.png"), figure)
}

// measured fills in the metrics of the best weights, as they were when these were saved.
func (r *run) measured(ctx context.Context, best string, result *Result) error {
	if r.dev == nil {
		return nil
	}
	result.Metric, _ = r.metric()
	f, err := readFindings(best)
	if err == nil && f == nil { // begun by a program that did not keep them yet
		f, err = r.measureAgain(ctx, best)
	}
	if err == nil {
		result.take(f)
	}
	return err
}

// measureAgain measures weights that are on the disk alone.
func (r *run) measureAgain(ctx context.Context, best string) (*task.Findings, error) {
	m, err := task.Open(ctx, best, task.Options{Kind: task.Of(r.Data.Kind), Merge: true, Device: r.Device, Compute: r.Compute})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	e, err := m.Evaluate(ctx, r.dev, task.EvaluateOptions{Task: r.Data.Task, Squad: r.squad()})
	if err == nil {
		err = r.keep(best, e)
	}
	if err != nil {
		return nil, err
	}
	return readFindings(best)
}

// promote gives the files of the best model, or of a sweep's best run, to another folder, one by one: the weights last, so that a
// folder with weights has all else. What stays behind says how a run went, not what the model is.
func promote(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return fmt.Errorf("finetune: %w", err)
	}
	late := func(name string) bool { return filepath.Ext(name) == ".safetensors" }
	for _, weights := range []bool{false, true} {
		for _, e := range entries {
			left := e.IsDir() || e.Name() == resultFile || strings.HasPrefix(e.Name(), "events.out")
			if left || late(e.Name()) != weights {
				continue
			}
			if err := disk.Link(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
				return fmt.Errorf("finetune: %w", err)
			}
		}
	}
	return nil
}
