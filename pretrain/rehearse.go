package pretrain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gobert/data"
	"gobert/internal/fault"
	"gobert/internal/torch"
	"gobert/internal/ui"
	"gobert/train/run"
)

// rehearse tries everything that the run will need, and tells what it costs.
func (t *training) rehearse(ctx context.Context) error {
	t.Talk.Begin()
	switch {
	case t.Trainer.Progress() >= 1:
		t.Talk.Log.Info("the run is complete already", "step", t.Was.Step)
		return nil
	case !t.config.Rehearse:
		return nil
	}
	began := time.Now()
	batches, err := t.feed.largest()
	if err != nil {
		return err
	}
	for i := range batches {
		batches[i] = t.share(batches[i])
	}
	const twice = 2 // the first step warms caches up, the second shows the speed
	var steps []*data.Batch
	for _, b := range batches {
		for range twice {
			steps = append(steps, b)
		}
	}
	evaluate := func(ctx context.Context) error {
		if len(t.held) == 0 || !t.Leads() {
			return nil
		}
		_, err := t.task.Evaluate(ctx, t.Device, t.Compute, t.held[:1])
		return err
	}
	found, err := t.Trainer.Rehearse(ctx, steps, evaluate)
	if torch.IsOutOfMemory(err) {
		err = errors.Join(err, t.whatFits(ctx, batches))
	}
	if err != nil {
		return err
	}
	t.Talk.Log.Info("rehearsed two steps, an evaluation and a checkpoint", "seconds", fmt.Sprintf("%.1f", time.Since(began).Seconds()),
		"step", fmt.Sprintf("%.3fs", found.StepSeconds), "memory", ui.Bytes(found.Memory), "checkpoint", ui.Bytes(found.CheckpointBytes))
	update, err := t.cost(found.StepSeconds, batches[0])
	if err != nil {
		return err
	}
	if err := t.config.tooShort(update); err != nil {
		return err
	}
	return run.RoomFor(t.config.Out, found.CheckpointBytes)
}

// share is what is computed of a batch at a time: all of it, or its largest part.
func (t *training) share(batch *data.Batch) *data.Batch {
	if t.Trainer.Team == nil {
		return batch
	}
	n := t.Trainer.Team.Parts()
	part := &data.Batch{}
	for i := range (batch.Len() + n - 1) / n {
		part.AppendSequence(batch, i)
	}
	return part
}

// cost is what an update takes, as the rehearsal found it.
type cost struct {
	seconds, tokens, sequences float64
	epoch                      float64 // sequences of an epoch
}

// cost reckons an update from a rehearsed batch of the first phase.
func (t *training) cost(seconds float64, batch *data.Batch) (cost, error) {
	n := float64(t.config.Accumulate)
	own := n // batches of a rank
	if team := t.Trainer.Team; team != nil {
		n, own = float64(team.Parts()), float64(team.Own())
	}
	epoch, err := t.feed.sources[0].Len(0)
	return cost{seconds * own, float64(batch.Tokens()) * n, float64(batch.Len()) * n, float64(epoch)}, err
}

// tooShort holds what an update takes against the limits of the run: a warm-up that outlasts the run teaches nothing.
func (c *Config) tooShort(update cost) error {
	for _, limit := range []struct {
		name  string
		value any
		steps float64
	}{
		{"budget", c.Budget, time.Duration(c.Budget).Seconds() / update.seconds},
		{"tokens", c.Tokens, float64(c.Tokens) / update.tokens},
		{"epochs", c.Epochs, c.Epochs * update.epoch / update.sequences},
	} {
		switch {
		case !(limit.steps > 0):
		case limit.steps < 1 && limit.name == "budget":
			return fault.Usage("{budget} %v is shorter than one step, which takes about %.1f s here", c.Budget, update.seconds)
		case c.Warmup >= 1 && limit.steps <= c.Warmup:
			return fault.Usage("{warmup} is %.0f: in {"+limit.name+"} %v about %.0f steps are made", c.Warmup, limit.value, limit.steps).Advise("{warmup} 0.1")
		}
	}
	return nil
}

// whatFits looks for the batch that has room, by halves.
func (t *training) whatFits(ctx context.Context, batches []*data.Batch) error {
	largest := batches[len(batches)-1]
	for n := largest.Len() / 2; n >= 1; n /= 2 {
		if err := t.Device.EmptyCache(); err != nil {
			return err
		}
		half := &data.Batch{}
		for i := range n {
			half.AppendSequence(largest, i)
		}
		_, err := t.Trainer.Rehearse(ctx, []*data.Batch{half}, nil)
		if err == nil && t.Trainer.Team != nil {
			return fault.New("a part of %d sequences of %d tokens has no room, one of %d has", largest.Len(), t.config.longest(), n).
				Advise("a larger {parts} for another run, or a smaller {batch}")
		}
		if err == nil {
			return fault.New("a batch of %d sequences of %d tokens has no room, one of %d has", largest.Len(), t.config.longest(), n).
				Advise("{batch} %d {accumulate} %d", n, t.config.Accumulate*(largest.Len()+n-1)/n)
		}
		if !torch.IsOutOfMemory(err) {
			return err
		}
	}
	return fault.New("not even one sequence has room: the model is too large for this device").Advise("a smaller {model}, or {gradient-checkpoint}")
}
