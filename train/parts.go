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
	task, rate, cursor := t.task.(Divisible[B]), t.Rate(t.state.Step, t.Progress()), t.cursor
	var own []B
	var counts []parts.Count
	asked := time.Now()
	for len(own) < t.Team.Own() {
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
	whole, err := t.Team.Whole(counts, ctx.Err() != nil)
	if err != nil {
		return StepReport{}, err
	}
	measures := make([][]float64, len(own))
	for i, batch := range own {
		if measures[i], err = t.part(task, i, batch, whole.Amounts); err != nil {
			return StepReport{}, t.failed(err, t.cursor)
		}
		t.feed.Release(batch)
	}
	if err := t.agree(task.Measured(), measures, rate); err != nil {
		return StepReport{}, err
	}
	t.cursor = cursor
	t.state.Step++
	t.state.Tokens += int64(whole.Tokens)
	t.since.tokens, t.since.flops, t.since.steps = t.since.tokens+int64(whole.Tokens), t.since.flops+whole.FLOPs, t.since.steps+1
	return StepReport{LearningRate: rate}, nil
}

// part collects the gradient of this rank's i-th part, and gives the sum and the count of each measure.
func (t *Trainer[B, C]) part(task Divisible[B], i int, batch B, totals []float64) ([]float64, error) {
	names := task.Measured()
	sums := make([]float64, 2*len(names))
	mode := t.mode(t.Team.First() + i)
	mode.Reached = t.Team.Begin(i)
	return sums, torch.Do(mode, func(p *torch.Pass) error {
		if slices.Max(task.Amounts(batch)) > 0 {
			gradient, _ := t.optimizer.Gradient()
			out, err := task.LossOf(p, batch, gradient, totals)
			if err != nil {
				return err
			}
			for _, m := range out.Measures {
				at, value := 2*slices.Index(names, m.Name), m.Value.Item()
				if m.Mean {
					value *= m.Count
				}
				sums[at], sums[at+1] = value, m.Count
			}
			t.optimizer.Backward(p, out.Loss)
		}
		t.Team.Collect(i)
		return nil
	})
}

// agree sums the gradients and the measures of all parts, and makes the update.
func (t *Trainer[B, C]) agree(names []string, measures [][]float64, rate float64) error {
	all, err := t.Team.Settle(measures, t.elapsed().Seconds())
	if err != nil {
		return err
	}
	t.state.Elapsed = time.Duration(all.First * float64(time.Second)) // progress may follow from it: rank 0's clock counts
	err = torch.Run(func() error {
		all.Measures[1] = 1 // the parts' losses are shares of the step's
		t.meter.tally(names, all.Measures)
		t.optimizer.rate = rate
		return t.optimizer.stepWith(all.Norm)
	})
	if err != nil {
		return t.failed(err, t.cursor)
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
