package collective

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gobert/internal/fault"
	"gobert/internal/ranks"
)

// Agree compares what every rank tells with what rank 0 tells, and returns the same error on all where something differs. It is called
// once, by every rank.
func (w *World) Agree(ctx context.Context, facts []ranks.Fact) error {
	if w.place.Alone() {
		return nil
	}
	text, err := json.Marshal(facts)
	if err == nil {
		err = w.store.set(of("facts", w.place.Rank), string(text))
	}
	if err != nil {
		return fmt.Errorf("collective: telling the others: %w", err)
	}
	if w.place.First() {
		var found finding
		if err := w.compare(ctx); err != nil {
			if w.watch.verdict() != nil || ctx.Err() != nil {
				return err
			}
			found = finding{fault.Text(err), fault.Hint(err)}
		}
		text, err := json.Marshal(found)
		if err == nil {
			err = w.store.set("agreed", string(text))
		}
		if err != nil {
			return fmt.Errorf("collective: telling the others: %w", err)
		}
	}
	said, err := w.await(ctx, 0, "agreed")
	var found finding
	if err == nil {
		err = json.Unmarshal([]byte(said), &found)
	}
	if err == nil && found.Differs != "" {
		err = fault.Usage("%s", found.Differs).Advise("%s", found.Hint)
	}
	return err
}

// finding is what rank 0 comes to: what differs, "" for nothing, and what to do about it.
type finding struct{ Differs, Hint string }

func (w *World) compare(ctx context.Context) error {
	told := make([][]ranks.Fact, w.place.Size)
	for rank := range told {
		text, err := w.await(ctx, rank, of("facts", rank))
		if err == nil {
			err = json.Unmarshal([]byte(text), &told[rank])
		}
		if err != nil {
			return err
		}
	}
	return ranks.Differ(told)
}

// await reads what a rank writes, as soon as it has.
func (w *World) await(ctx context.Context, rank int, key string) (value string, err error) {
	pending, err := w.watch.begin(rank, nil)
	if err != nil {
		return "", err
	}
	defer w.watch.end(pending)
	err = poll(ctx, w.watch.done, func() (bool, error) {
		value, err = w.store.get(key)
		return value != "", err
	})
	if errors.Is(err, errLost) {
		err = w.watch.verdict()
	} else if err != nil && ctx.Err() == nil {
		err = w.watch.declare(w.watch.storeGone(err))
	}
	return value, err
}
