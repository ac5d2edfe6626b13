package finetune

import (
	"context"

	"gobert/data/labelled/features"
	"gobert/task"
	"gobert/train/run"
)

// rehearse tries the largest batch of the run, a pass of the evaluation and a checkpoint before the first step.
func (t *training) rehearse(ctx context.Context) error {
	if !t.job.Rehearse || t.Trainer.Progress() >= 1 {
		return nil
	}
	largest, err := t.largest(ctx)
	if err != nil || largest == nil {
		return err
	}
	var evaluate func(context.Context) error
	if t.dev != nil && t.Leads() {
		evaluate = func(context.Context) error {
			_, err := t.model.Forward(longest(t.dev, task.Budget(t.Device)))
			return err
		}
	}
	_, err = run.Rehearse(ctx, t.Run, run.Rehearsal[*features.Batch]{
		Batches: []*features.Batch{largest}, Times: 1, Evaluate: evaluate, Empty: t.train.NewBatch,
	})
	return err
}
