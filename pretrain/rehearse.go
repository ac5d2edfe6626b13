package pretrain

import (
	"context"
	"time"

	"gobert/data"
	"gobert/internal/fault"
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
	batches, err := t.feed.largest()
	if err != nil {
		return err
	}
	var evaluate func(context.Context) error
	if len(t.held) > 0 && t.Leads() {
		evaluate = func(ctx context.Context) error {
			_, err := t.task.Evaluate(ctx, t.Device, t.Compute, t.held[:1])
			return err
		}
	}
	found, err := run.Rehearse(ctx, t.Run, run.Rehearsal[*data.Batch]{
		Batches: batches, Times: 2, Evaluate: evaluate, Empty: func() *data.Batch { return &data.Batch{} },
	})
	if err != nil {
		return err
	}
	update, err := t.cost(found.StepSeconds, batches[0])
	if err != nil {
		return err
	}
	return t.config.tooShort(update)
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
		n, own = n*float64(team.Parts()), n*float64(team.Own())
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
