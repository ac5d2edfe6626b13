package train

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"gobert/internal/parts"
	"gobert/internal/torch"
)

// A Team is the ranks that train together, from one's side; package run makes it.
type Team = parts.Team

// A Divisible task computes a step's loss part by part: what is a mean over a batch is one over all that the parts have, then.
type Divisible[B any] interface {
	// Measured names the measures of a part, the loss first: those of a step's parts add up to the step's.
	Measured() []string
	// Amounts counts what the loss is a mean over, in a fixed order: masked tokens, sequences. A part that has nothing has no loss.
	Amounts(batch B) []float64
	// LossOf is [Task.Loss] as a share of a step's, of which all parts together have the totals.
	LossOf(p *torch.Pass, batch B, gradient float64, totals []float64) (Outcome, error)
}

// take brings weights from other ranks, if there are any, and forgets the gradient.
func (t *Trainer[B, C]) take(bring func(values *torch.Tensor) error) error {
	if t.Team == nil || t.Team.Alone() {
		return nil
	}
	if err := bring(t.store.Values); err != nil {
		return err
	}
	return torch.Run(func() error {
		t.Team.Clear()
		t.store.SyncCompute()
		return nil
	})
}

// together makes one update from the parts of a step, with all ranks, of which each ends with the same weights and the same progress.
func (t *Trainer[B, C]) together(ctx context.Context) (StepReport, error) {
	task, rate, cursor, sent := t.task.(Divisible[B]), t.Rate(t.state.Step, t.Progress()), t.cursor, t.Team.Sent()
	var own []B
	var counts []parts.Count
	asked := time.Now()
	for len(own) < t.Team.Own()*t.Accumulate {
		batch, next, err := t.feed.Next(ctx)
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			break
		} else if err != nil {
			return StepReport{}, err
		}
		own, cursor = append(own, batch), &next
		counts = append(counts, parts.Count{Tokens: float64(t.task.Tokens(batch)), FLOPs: t.task.FLOPs(batch), Amounts: task.Amounts(batch)})
	}
	t.since.wait += time.Since(asked)
	whole, err := t.Team.Whole(counts, t.Accumulate, ctx.Err() != nil)
	if err != nil {
		return StepReport{}, err
	}
	measures, err := t.gradients(task, own, whole)
	if err != nil {
		return StepReport{}, t.failed(err, t.cursor)
	}
	if err := t.agree(task.Measured(), measures, rate); err != nil {
		return StepReport{}, err
	}
	t.ask()
	t.cursor = cursor
	t.state.Step++
	t.since.steps++
	t.since.sent += t.Team.Sent() - sent
	for _, batch := range whole {
		t.state.Tokens += int64(batch.Tokens)
		t.since.tokens, t.since.flops = t.since.tokens+int64(batch.Tokens), t.since.flops+batch.FLOPs
	}
	return StepReport{LearningRate: rate}, nil
}

// gradients collects those of this rank's parts, and gives the sum and the count of each of their measures.
func (t *Trainer[B, C]) gradients(task Divisible[B], own []B, whole []parts.Count) (measures [][]float64, err error) {
	meters := make([]*meter, t.Team.Own())
	rows, err := t.Team.Each(measureRoom, func(i int, row *torch.Tensor) error {
		meters[i] = newMeter(row)
		meters[i].names = slices.Clip(task.Measured())
		return t.part(task, i, own[i*t.Accumulate:(i+1)*t.Accumulate], whole, meters[i])
	})
	for i, row := range rows {
		measures = append(measures, nil)
		for _, x := range meters[i].begun(row)[:len(task.Measured())] {
			measures[i] = append(measures[i], x.Sum, x.Count)
		}
	}
	return measures, err
}

// part collects the gradient of this rank's i-th part, which has a batch of each that is accumulated.
func (t *Trainer[B, C]) part(task Divisible[B], i int, batches []B, whole []parts.Count, m *meter) error {
	for n, batch := range batches {
		last, mode := n == len(batches)-1, t.mode((t.Team.First()+i)*len(batches)+n)
		if last {
			mode.Reached = t.Team.Begin(i)
		}
		err := torch.Do(mode, func(p *torch.Pass) error {
			if slices.Max(task.Amounts(batch)) > 0 {
				gradient, _ := t.optimizer.Gradient()
				out, err := task.LossOf(p, batch, gradient, whole[n].Amounts)
				if err != nil {
					return err
				}
				m.add(out.Measures)
				t.optimizer.Backward(p, out.Loss)
			}
			if last {
				t.Team.Collect(i)
			}
			return nil
		})
		if err != nil {
			return err
		}
		t.feed.Release(batch)
	}
	return nil
}

// agree sums the gradients and the measures of all parts, and makes the update.
func (t *Trainer[B, C]) agree(names []string, measures [][]float64, rate float64) error {
	all, err := t.Team.Settle(measures, t.elapsed().Seconds())
	if err != nil {
		return err
	}
	t.state.Elapsed = time.Duration(all.First * float64(time.Second)) // progress may follow from it: rank 0's clock counts
	err = torch.Do(torch.Mode{Device: t.Device}, func(p *torch.Pass) error {
		all.Measures[1] = float64(t.Accumulate) // the parts' losses are shares of each batch's
		t.meter.tally(names, all.Measures)
		t.saver.guard()
		return t.optimizer.share(p, rate, all.Squares)
	})
	if err != nil {
		return t.failed(err, t.cursor)
	}
	if err := t.optimizer.walk(); err != nil {
		return err
	}
	return t.take(t.Team.Gather)
}

// measured is what rank 0 finds in an evaluation. It is interrupted on all ranks or on none.
func (t *Trainer[B, C]) measured(ctx context.Context) (values []Value, err error) {
	if t.Team == nil {
		return t.Evaluate(ctx)
	}
	err = t.Team.ByFirst(ctx, &values, func() (err error) { values, err = t.Evaluate(ctx); return })
	return values, err
}
