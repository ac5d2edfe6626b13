package finetune

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gobert/bert"
	"gobert/internal/disk"
	"gobert/internal/record"
	"gobert/internal/report"
	"gobert/task"
	"gobert/train"
	"gobert/train/run"
)

// evaluate measures dev for the trainer.
func (t *training) evaluate(ctx context.Context) ([]train.Value, error) {
	e, err := t.model.Evaluate(ctx, t.dev, task.EvaluateOptions{Task: t.job.Data.Task, Squad: t.squad()})
	if err != nil {
		return nil, err
	}
	t.last = e
	return e.Values, nil
}

// decorate completes a folder that the trainer writes. The best one is what the run's folder becomes; beside its weights it
// keeps what they were measured to be, so that a run that is resumed, whenever that is, tells the same of them.
func (t *training) decorate(best bool) func(folder string) error {
	measured := t.last
	return func(folder string) error {
		if err := t.model.Tokenizer.Save(folder); err != nil || !best {
			return err
		}
		if t.dev != nil {
			if err := t.keep(folder, measured); err != nil {
				return err
			}
		}
		return t.model.WriteAdapted(folder, t.job.Merge)
	}
}

// finish makes the run's folder the model's, and removes what only the run needed.
func (t *training) finish(ctx context.Context) error {
	if !t.Leads() {
		return nil
	}
	j, state := t.job, t.Trainer.State()
	r := &Result{
		Output: j.Out, Settings: j.Settings, Data: t.data, Steps: state.Step, BestStep: state.Step, Seconds: state.Elapsed.Seconds(),
	}
	best := filepath.Join(j.Out, train.BestFolder)
	if state.Best == nil || !j.SaveBest {
		if err := t.takeLast(ctx, best); err != nil {
			return err
		}
	} else {
		r.BestStep = state.Best.Step
	}
	if err := t.measured(ctx, best, r); err != nil {
		return err
	}
	if err := disk.Write(filepath.Join(best, "README.md"), []byte(t.card(r))); err != nil {
		return fmt.Errorf("finetune: the model card: %w", err)
	}
	if err := t.Sync(); err != nil {
		return err
	}
	if err := t.curves(best); err != nil {
		return err
	}
	if err := run.Promote(best, j.Out); err != nil {
		return err
	}
	if err := r.write(); err != nil {
		return err
	}
	t.result = r
	return j.tidy()
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
func (t *training) takeLast(ctx context.Context, best string) error {
	if t.dev != nil && t.last == nil { // resumed after the last evaluation
		if _, err := t.evaluate(ctx); err != nil {
			return err
		}
	}
	return bert.Replace(best, func(folder string) error {
		if err := bert.Write(t.model.Network, folder, bert.SaveOptions{}); err != nil {
			return err
		}
		return t.decorate(true)(folder)
	})
}

// curves draws the run into its folder.
func (t *training) curves(folder string) error {
	entries, err := record.Read(t.job.Out)
	if err != nil {
		return err
	}
	figure, err := report.Runs([]report.Run{{Name: filepath.Base(t.job.Out), Entries: entries}}, report.RunOptions{LossUnit: lossUnit(t.model.Problem())})
	if err != nil {
		return err
	}
	if len(figure.Panels) == 0 {
		return nil // a run too short for a curve
	}
	return report.Draw(filepath.Join(folder, "curves.png"), figure)
}

// measured fills in the metrics of the best weights, as they were when these were saved.
func (t *training) measured(ctx context.Context, best string, result *Result) error {
	if t.dev == nil {
		return nil
	}
	result.Metric, _ = t.metric()
	f, err := readFindings(best)
	if err == nil && f == nil { // begun by a program that did not keep them yet
		f, err = t.measureAgain(ctx, best)
	}
	if err == nil {
		result.take(f)
	}
	return err
}

// measureAgain measures weights that are on the disk alone.
func (t *training) measureAgain(ctx context.Context, best string) (*task.Findings, error) {
	m, err := task.Open(ctx, best, task.Options{Kind: task.Of(t.job.Data.Kind), Merge: true, Device: t.Device.String(), Compute: t.job.Compute})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	e, err := m.Evaluate(ctx, t.dev, task.EvaluateOptions{Task: t.job.Data.Task, Squad: t.squad()})
	if err == nil {
		err = t.keep(best, e)
	}
	if err != nil {
		return nil, err
	}
	return readFindings(best)
}
