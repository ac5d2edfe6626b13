package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gobert/internal/fault"
	"gobert/internal/torch"
)

// step makes one update from as many batches as are accumulated. Progress moves only when all of it is done, so that a
// checkpoint made after an interruption in the middle begins with the first of these batches again.
func (t *Trainer[B, C]) step(ctx context.Context) (StepReport, error) {
	if t.Team != nil {
		return t.together(ctx)
	}
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
		err = t.accumulate(batch, micro, rate)
		t.feed.Release(batch)
		if err != nil {
			return StepReport{}, t.failed(err, cursor)
		}
		cursor = &next
	}
	t.ask()
	t.cursor = cursor
	t.state.Step++
	t.state.Tokens += tokens
	t.since.tokens += tokens
	t.since.steps++
	t.state.Elapsed = t.elapsed()
	return StepReport{LearningRate: rate}, nil
}

// failed says of which batch's loss, gradient or update an error is. An update's is of the whole step.
func (t *Trainer[B, C]) failed(err error, cursor *C) error {
	var overflow *NotFiniteError
	if errors.As(err, &overflow) {
		return t.refused(t.state.Step, t.cursor, overflow)
	}
	return fmt.Errorf("train: step %d, %s: %w", t.state.Step+1, where(cursor), t.explain(err))
}

// refused tells of an update that could not be made, and what can be done.
func (t *Trainer[B, C]) refused(step int64, cursor *C, err *NotFiniteError) error {
	return fault.New("train: step %d, %s: %w; nothing was updated", step+1, where(cursor), err).Advise("a lower learning rate, a longer warm-up, or look at this batch")
}

// where names a batch by the cursor before it.
func where[C any](cursor *C) string {
	if cursor == nil {
		return "first batch"
	}
	text, _ := json.Marshal(cursor)
	return "the batch after " + string(text)
}

// accumulate adds a batch's gradient to what is collected, and lets the optimizer act after the last.
func (t *Trainer[B, C]) accumulate(batch B, micro int, rate float64) error {
	if r, ok := t.recorder(batch); ok {
		return t.again(r, batch, micro, rate)
	}
	return torch.Do(t.mode(micro), func(p *torch.Pass) error { return t.body(p, batch, micro, rate, t.meter.add) })
}

// body is all that a batch asks of the device. Its measures are told between the two passes.
func (t *Trainer[B, C]) body(p *torch.Pass, batch B, micro int, rate float64, told func([]Measure)) error {
	last := micro == t.Accumulate-1
	if last {
		t.optimizer.SetRate(p, rate)
	}
	gradient, _ := t.optimizer.Gradient()
	out, err := t.task.Loss(p, batch, gradient)
	if err != nil {
		return err
	}
	told(out.Measures)
	t.optimizer.Backward(p, out.Loss)
	if last {
		return t.update()
	}
	return nil
}

// update lets the optimizer act, behind the copies of what it changes.
func (t *Trainer[B, C]) update() error {
	t.saver.guard()
	return t.optimizer.Step()
}

func (t *Trainer[B, C]) mode(micro int) torch.Mode {
	_, scale := t.optimizer.Gradient()
	return torch.Mode{
		Train: true, Grad: true, Many: true, Compute: t.compute, Device: t.Device, Seed: t.Seed,
		Step: uint64(t.state.Step)*uint64(t.Accumulate*max(1, t.Parts)) + uint64(micro), LossScale: scale,
	}
}
