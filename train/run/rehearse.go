package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gobert/data"
	"gobert/internal/fault"
	"gobert/internal/torch"
	"gobert/internal/ui"
	"gobert/train"
)

// Rehearsal is what a run tries before its first step.
type Rehearsal[B data.Refillable[B]] struct {
	Batches  []B                         // the largest that will come, the one that needs the most memory last
	Times    int                         // each of them: the first warms caches up, the second shows the speed
	Empty    func() B                    // gives a batch to be filled
	Evaluate func(context.Context) error // the largest piece of an evaluation; nil: nothing is measured
}

// Rehearse goes once through everything that a run will need and tells what it costs, so that faults that would come after hours
// come now. Where a batch has no room it looks for one that has. It changes nothing, but that of a batch which is computed in parts
// the largest part is left.
func Rehearse[B data.Refillable[B], C any](ctx context.Context, r *Run[B, C], o Rehearsal[B]) (train.Rehearsal, error) {
	began := time.Now()
	tried := []string{"the largest batch", "a checkpoint"}
	if o.Evaluate != nil {
		tried = []string{"the largest batch", "an evaluation", "a checkpoint"}
	}
	var steps []B
	for i := range o.Batches {
		if team := r.Trainer.Team; team != nil {
			o.Batches[i] = largestPart(o.Batches[i], team.Parts(), o.Empty)
		}
		steps = append(steps, slices.Repeat(o.Batches[i:i+1], o.Times)...)
	}
	found, err := r.Trainer.Rehearse(ctx, steps, o.Evaluate)
	if torch.IsOutOfMemory(err) {
		err = errors.Join(err, whatFits(ctx, r, steps[len(steps)-1], o.Empty))
	}
	if err != nil {
		return found, err
	}
	r.Talk.Log.Info("rehearsed "+strings.Join(tried, ", "), "seconds", fmt.Sprintf("%.1f", time.Since(began).Seconds()),
		"step", fmt.Sprintf("%.3fs", found.StepSeconds), "memory", ui.Bytes(found.Memory), "checkpoint", ui.Bytes(found.CheckpointBytes))
	return found, RoomFor(r.Config.Out, found.CheckpointBytes)
}

// largestPart is the part of a batch with the most tokens: so much is computed at a time.
func largestPart[B data.Refillable[B]](batch B, parts int, empty func() B) B {
	best, most := empty(), -1
	for number := range parts {
		part, tokens := empty(), 0
		data.FillPart(part, batch, number, parts)
		for i := range part.Len() {
			tokens += part.Length(i)
		}
		if tokens > most {
			best, most = part, tokens
		}
	}
	return best
}

// whatFits looks for the batch that has room, by halves.
func whatFits[B data.Refillable[B], C any](ctx context.Context, r *Run[B, C], largest B, empty func() B) error {
	longest := 0
	for i := range largest.Len() {
		longest = max(longest, largest.Length(i))
	}
	for n := largest.Len() / 2; n >= 1; n /= 2 {
		if err := r.Device.EmptyCache(); err != nil {
			return err
		}
		less := empty()
		for i := range n {
			less.AppendSequence(largest, i)
		}
		_, err := r.Trainer.Rehearse(ctx, []B{less}, nil)
		if err == nil && r.Trainer.Team != nil {
			return fault.New("a part of %d sequences of %d tokens has no room, one of %d has", largest.Len(), longest, n).
				Advise("a larger {parts} for another run, or a smaller {batch}")
		}
		if err == nil {
			return fault.New("a batch of %d sequences of %d tokens has no room, one of %d has", largest.Len(), longest, n).
				Advise("{batch} %d {accumulate} %d", n, r.Config.Accumulate*(largest.Len()+n-1)/n)
		}
		if !torch.IsOutOfMemory(err) {
			return err
		}
	}
	return fault.New("not even one sequence has room: the model is too large for this device").Advise("a smaller {model}, or {gradient-checkpoint}")
}
