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
	"gobert/task"
)

// rehearse tries everything that the run will need, and tells what it costs.
func (r *run) rehearse(ctx context.Context) error {
	began := time.Now()
	batches, err := r.feed.largest()
	if err != nil {
		return err
	}
	const twice = 2 // the first step warms caches up, the second shows the speed
	var steps []*data.Batch
	for _, b := range batches {
		for range twice {
			steps = append(steps, b)
		}
	}
	evaluate := func(ctx context.Context) error {
		if len(r.held) == 0 {
			return nil
		}
		_, err := (&task.Pretraining{Model: r.network}).Evaluate(ctx, r.device, r.compute, r.held[:1])
		return err
	}
	found, err := r.trainer.Rehearse(ctx, steps, evaluate)
	if torch.IsOutOfMemory(err) {
		err = errors.Join(err, r.whatFits(ctx, batches))
	}
	if err != nil {
		return err
	}
	r.talk.Log.Info("rehearsed two steps, an evaluation and a checkpoint", "seconds", fmt.Sprintf("%.1f", time.Since(began).Seconds()),
		"step", fmt.Sprintf("%.3fs", found.StepSeconds), "memory", ui.Bytes(found.Memory), "checkpoint", ui.Bytes(found.CheckpointBytes))
	update, err := r.cost(found.StepSeconds, batches[0])
	if err != nil {
		return err
	}
	if err := r.config.TooShort(update.seconds, update.tokens, update.sequences, update.epoch); err != nil {
		return err
	}
	return roomFor(r.config.Out, found.CheckpointBytes)
}

// cost is what an update takes, as the rehearsal found it.
type cost struct {
	seconds, tokens, sequences float64
	epoch                      float64 // sequences of an epoch
}

// cost reckons an update from a rehearsed batch of the first phase.
func (r *run) cost(seconds float64, batch *data.Batch) (cost, error) {
	n := float64(r.config.Accumulate)
	epoch, err := r.feed.sources[0].Len(0)
	return cost{seconds * n, float64(batch.Tokens()) * n, float64(batch.Len()) * n, float64(epoch)}, err
}

// whatFits looks for the batch that has room, by halves.
func (r *run) whatFits(ctx context.Context, batches []*data.Batch) error {
	largest := batches[len(batches)-1]
	for n := largest.Len() / 2; n >= 1; n /= 2 {
		if err := r.device.EmptyCache(); err != nil {
			return err
		}
		half := &data.Batch{}
		for i := range n {
			half.AppendSequence(largest, i)
		}
		_, err := r.trainer.Rehearse(ctx, []*data.Batch{half}, nil)
		if err == nil {
			return fault.New("a batch of %d sequences of %d tokens has no room, one of %d has", largest.Len(), r.config.longest(), n).
				Advise("{batch} %d {accumulate} %d", n, r.config.Accumulate*(largest.Len()+n-1)/n)
		}
		if !torch.IsOutOfMemory(err) {
			return err
		}
	}
	return fault.New("not even one sequence has room: the model is too large for this device").Advise("a smaller {model}, or {gradient-checkpoint}")
}
