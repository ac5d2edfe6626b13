package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gobert/internal/optim"
	"gobert/internal/torch"
)

// step makes one update from as many batches as are accumulated.
func (t *Trainer[B, C]) step(ctx context.Context) (StepReport, error) {
	rate := t.Rate(t.state.Step, t.progress())
	for micro := range t.Accumulate {
		asked := time.Now()
		batch, cursor, err := t.feed.Next(ctx)
		if err != nil {
			return StepReport{}, err
		}
		t.since.wait += time.Since(asked)
		err = t.accumulate(batch, micro)
		t.count(batch)
		t.feed.Release(batch)
		if err != nil {
			return StepReport{}, fmt.Errorf("train: step %d, %s: %w", t.state.Step+1, t.where(), err)
		}
		t.cursor = &cursor
	}
	norm, err := t.update(rate)
	if err != nil {
		return StepReport{}, fmt.Errorf("train: step %d, %s: %w; nothing was updated (hint: a lower learning rate, a longer warm-up, or look at this batch)",
			t.state.Step+1, t.where(), err)
	}
	t.state.Step++
	t.state.Elapsed = t.resumed + time.Since(t.began)
	return StepReport{LearningRate: rate, GradientNorm: norm}, nil
}

// where names the batch that is being worked on, by the cursor before it.
func (t *Trainer[B, C]) where() string {
	if t.cursor == nil {
		return "first batch"
	}
	text, _ := json.Marshal(t.cursor)
	return "the batch after " + string(text)
}

func (t *Trainer[B, C]) count(batch B) {
	n := int64(t.task.Tokens(batch))
	t.state.Tokens += n
	t.since.tokens += n
	t.since.flops += t.task.FLOPs(batch)
}

// accumulate adds a batch's gradient to what is collected.
func (t *Trainer[B, C]) accumulate(batch B, micro int) error {
	mode := torch.Mode{
		Train: true, Grad: true, Compute: t.compute, Device: t.Device, Seed: t.Seed,
		Step: uint64(t.state.Step)*uint64(t.Accumulate) + uint64(micro),
	}
	gradient := t.state.Scaler.Factor / float64(t.Accumulate)
	return torch.Do(mode, func(p *torch.Pass) error {
		out, err := t.task.Loss(p, batch, gradient)
		if err != nil {
			return err
		}
		t.meter.add(p, out.Measures)
		if gradient == 1 {
			p.Backward(out.Loss, nil)
			return nil
		}
		p.Backward(out.Loss, p.Cast(torch.From(p, []float32{float32(gradient)}), out.Loss.DType()))
		return nil
	})
}

// update lets the optimizer act. An overflow of fp16 costs the update but not the run.
func (t *Trainer[B, C]) update(rate float64) (norm float64, err error) {
	err = torch.Run(func() error {
		norm, err = t.optimizer.Step(rate, t.state.Scaler.Factor)
		var overflow *optim.NotFiniteError
		if errors.As(err, &overflow) && t.state.Scaler.overflowed() {
			t.store.ZeroGrads()
			return nil
		}
		if err == nil {
			t.state.Scaler.succeeded()
		}
		return err
	})
	return norm, err
}
