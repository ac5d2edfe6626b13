package finetune

import (
	"context"
	"slices"

	"gobert/data"
	"gobert/data/labelled/features"
)

// feed gives the batches from where the run stands.
func (t *training) feed(ctx context.Context) (*data.Loader[*features.Batch], error) {
	o := data.LoaderOptions{Seed: t.job.Seed, Sequences: t.job.Batch, Workers: 1, Prefetch: 4}
	if cursor, ok := t.Trainer.Cursor(); ok {
		o.Start = cursor
	}
	return data.NewLoader(ctx, t.train, o)
}

// looked is through how many epochs it is looked for the largest batch: very long runs are not drawn to their end.
const looked = 5

// largest draws the batch with the most tokens of those that are still to come.
func (t *training) largest(ctx context.Context) (*features.Batch, error) {
	feed, err := t.feed(ctx)
	if err != nil {
		return nil, err
	}
	defer feed.Close()
	var largest *features.Batch
	for range min(t.total-t.Trainer.State().Step, looked*t.perEpoch) * int64(t.job.Accumulate) {
		b, _, err := feed.Next(ctx)
		if ctx.Err() != nil { // the run saves, and says so
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if largest == nil || b.Tokens() > largest.Tokens() {
			largest, b = b, largest
		}
		if b != nil {
			feed.Release(b)
		}
	}
	return largest, nil
}

// longest is a batch of a set's longest features, of so many tokens at least.
func longest(set *features.Set, tokens int) *features.Batch {
	order := make([]int, set.All.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return set.All.Length(b) - set.All.Length(a) })
	batch := set.NewBatch()
	for _, i := range order {
		if batch.Tokens() >= tokens {
			break
		}
		batch.AppendSequence(&set.All, i)
	}
	return batch
}
