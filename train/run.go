package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"gobert/internal/fault"
	"gobert/internal/parts"
	"gobert/internal/torch"
)

// Run trains until the horizon, the end of the feed, an early stop, or the end of the context.
func (t *Trainer[B, C]) Run(ctx context.Context) error {
	err := t.run(ctx)
	if errors.Is(err, syscall.ENOSPC) {
		return fault.New("%w", err).Advise("make room on the disk, then resume the run: what was saved last is whole")
	}
	return err
}

func (t *Trainer[B, C]) run(ctx context.Context) error {
	if t.Steps == 0 && t.Tokens == 0 && t.Budget == 0 && t.Share == nil {
		return errEndless
	}
	if t.feed == nil || t.Rate == nil {
		return errors.New("train: the trainer lacks its feed or its rate: expected SetFeed to be called and Rate to be set")
	}
	t.began = time.Now()
	t.resumed = t.state.Elapsed
	t.since = window{began: t.began}
	if err := t.take(t.Team.Spread); err != nil {
		return err
	}
	err := t.loop(ctx)
	switch {
	case errors.Is(err, io.EOF) || err == nil:
	case errors.Is(err, parts.ErrStopped) || ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return t.interrupted()
	default:
		return t.saver.endedAfter(err)
	}
	if err := t.evaluateOnce(ctx); err != nil {
		if errors.Is(err, parts.ErrStopped) || ctx.Err() != nil && t.Team == nil {
			return t.interrupted()
		}
		return t.saver.endedAfter(err)
	}
	return t.saver.endedAfter(t.Save())
}

// interrupted saves a run that was told to end, unless there is nothing to go on from. It is only then a run that was saved.
func (t *Trainer[B, C]) interrupted() error {
	if _, err := t.look(); err != nil {
		return t.saver.endedAfter(err)
	}
	if err := t.saver.endedAfter(t.Save()); err != nil {
		return fmt.Errorf("%w: %w", ErrNotSaved, err)
	}
	return ErrInterrupted
}

// loop makes steps while there is something to do. The evaluation that belongs to a step comes before anything else, so
// that a run interrupted during it does not lose it.
func (t *Trainer[B, C]) loop(ctx context.Context) error {
	for !t.finished() {
		if err := t.saver.ended(false); err != nil {
			return err
		}
		if t.state.Step > 0 && t.due(t.EvaluateEvery) {
			if err := t.evaluateOnce(ctx); err != nil {
				return err
			}
			if t.stale() {
				return nil
			}
		}
		if t.state.Step > 0 && t.due(t.SaveEvery) {
			if err := t.Save(); err != nil {
				return err
			}
		}
		if ctx.Err() != nil && t.Team == nil { // a team's ranks stop at one step
			return ctx.Err()
		}
		report, err := t.step(ctx)
		if err != nil {
			return err
		}
		if len(t.unread) == mostUnread {
			if _, err := t.look(); err != nil {
				return err
			}
		}
		if t.due(t.LogEvery) || t.finished() {
			if err := t.report(report); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Trainer[B, C]) due(every int64) bool { return every > 0 && t.state.Step%every == 0 }

// finished says whether the horizon is reached, or nothing got better for too long.
func (t *Trainer[B, C]) finished() bool { return t.Progress() >= 1 || t.stale() }

// stale says whether patience has run out.
func (t *Trainer[B, C]) stale() bool { return t.Patience > 0 && t.state.Waiting >= t.Patience }

// report tells what happened since the last report.
func (t *Trainer[B, C]) report(r StepReport) error {
	seen, err := t.look()
	if err != nil {
		return err
	}
	now := time.Now()
	seconds := max(now.Sub(t.since.began).Seconds(), 1e-9)
	_ = torch.Run(func() error {
		r.Values = t.meter.read(seen.sums)
		return nil
	})
	r.GradientNorm = seen.Norm
	r.Step, r.Steps, r.Progress = t.state.Step, t.Steps, t.Progress()
	r.TokensSeen, r.Seconds = t.state.Tokens, t.state.Elapsed.Seconds()
	r.TokensPerSec, r.FLOPsPerSec = float64(t.since.tokens)/seconds, t.since.flops/seconds
	r.StepSeconds = seconds / float64(max(t.since.steps, 1))
	r.DataWaitShare = t.since.wait.Seconds() / seconds
	r.SentBytes = float64(t.since.sent) / float64(max(t.since.steps, 1))
	t.since = window{began: now}
	if t.Reporter != nil && t.leads() {
		t.Reporter.Step(r)
	}
	return nil
}

// evaluateOnce measures, unless this step was measured already, and remembers the best.
func (t *Trainer[B, C]) evaluateOnce(ctx context.Context) error {
	if t.Evaluate == nil || t.state.Measured == t.state.Step {
		return nil
	}
	if _, err := t.look(); err != nil {
		return err
	}
	began := time.Now()
	values, err := t.measured(ctx)
	if err != nil {
		return fmt.Errorf("train: evaluating after step %d: %w", t.state.Step, t.explain(err))
	}
	t.since.began = t.since.began.Add(time.Since(began)) // what evaluation takes is no part of the training speed
	if t.Reporter != nil && t.leads() {
		t.Reporter.Evaluation(t.state.Step, values)
	}
	t.state.Measured = t.state.Step
	for _, v := range values {
		if v.Name != t.Best {
			continue
		}
		if t.better(v.Value) {
			t.state.Best, t.state.Waiting = &Best{t.state.Step, v.Value}, 0
			if !t.leads() {
				return nil
			}
			return t.saveBest()
		}
		t.state.Waiting++
	}
	return nil
}

// better compares with the best so far.
func (t *Trainer[B, C]) better(value float64) bool {
	best := t.state.Best
	return best == nil || (t.BestIsLow && value < best.Value) || (!t.BestIsLow && value > best.Value)
}
