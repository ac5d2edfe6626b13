package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gobert/internal/torch"
)

// step makes one update from as many batches as are accumulated. Progress moves only when all of it is done, so that a
// checkpoint made after an interruption in the middle begins with the first of these batches again.
func (t *Trainer[B, C]) step(ctx context.Context) (StepReport, error) {
	rate := t.Rate(t.state.Step, t.Progress())
	var tokens int64
	cursor := t.cursor
	if t.Accumulate > 1 {
		_ = torch.Run(func() error { t.meter.mark(); return nil })
	}
	for micro := range t.Accumulate {
		asked := time.Now()
		batch, next, err := t.feed.Next(ctx)
		if err != nil {
			if micro > 0 {
				_ = torch.Run(func() error { t.meter.rewind(); return nil })
			}
			return StepReport{}, err
		}
		t.since.wait += time.Since(asked)
		tokens += int64(t.task.Tokens(batch))
		t.since.flops += t.task.FLOPs(batch)
		err = t.accumulate(batch, micro)
		t.feed.Release(batch)
		if err != nil {
			return StepReport{}, fmt.Errorf("train: step %d, %s: %w", t.state.Step+1, where(cursor), t.explain(err))
		}
		cursor = &next
	}
	norm, err := t.update(rate)
	if err != nil {
		return StepReport{}, fmt.Errorf("train: step %d, %s: %w", t.state.Step+1, where(t.cursor), t.refused(err))
	}
	t.cursor = cursor
	t.state.Step++
	t.state.Tokens += tokens
	t.since.tokens += tokens
	t.since.steps++
	t.state.Elapsed = t.resumed + time.Since(t.began)
	return StepReport{LearningRate: rate, GradientNorm: norm}, nil
}

// refused adds what can be done about an update that could not be made.
func (t *Trainer[B, C]) refused(err error) error {
	var overflow *NotFiniteError
	if errors.As(err, &overflow) {
		return fmt.Errorf("%w; nothing was updated (hint: a lower learning rate, a longer warm-up, or look at this batch)", err)
	}
	return t.explain(err)
}

// where names a batch by the cursor before it.
func where[C any](cursor *C) string {
	if cursor == nil {
		return "first batch"
	}
	text, _ := json.Marshal(cursor)
	return "the batch after " + string(text)
}

// accumulate adds a batch's gradient to what is collected.
func (t *Trainer[B, C]) accumulate(batch B, micro int) error {
	gradient := t.state.Scaler.Factor / float64(t.Accumulate)
	return torch.Do(t.mode(micro), func(p *torch.Pass) error {
		out, err := t.task.Loss(p, batch, gradient)
		if err != nil {
			return err
		}
		t.meter.add(p, out.Measures)
		backward(p, out, gradient)
		return nil
	})
}

func (t *Trainer[B, C]) mode(micro int) torch.Mode {
	return torch.Mode{
		Train: true, Grad: true, Compute: t.compute, Device: t.Device, Seed: t.seed(),
		Step: uint64(t.state.Step)*uint64(t.Accumulate) + uint64(micro),
	}
}

func backward(p *torch.Pass, out Outcome, gradient float64) {
	if gradient == 1 {
		p.Backward(out.Loss, nil)
		return
	}
	into := p.Adopt(torch.NewEmpty(out.Loss.DType(), p.Device))
	into.Fill(gradient)
	p.Backward(out.Loss, into)
}

// update lets the optimizer act. An overflow of fp16 costs the update but not the run.
func (t *Trainer[B, C]) update(rate float64) (norm float64, err error) {
	err = torch.Run(func() error {
		norm, err = t.optimizer.Step(rate, t.state.Scaler.Factor)
		var overflow *NotFiniteError
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
