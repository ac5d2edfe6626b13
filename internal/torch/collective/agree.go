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
	_, err := w.consent(ctx, "facts", facts, func(texts []string) (string, error) {
		told := make([][]ranks.Fact, len(texts))
		for rank, text := range texts {
			if err := json.Unmarshal([]byte(text), &told[rank]); err != nil {
				return "", err
			}
		}
		return "", ranks.Differ(told)
	})
	return err
}

// consent lets every rank tell something of its own, and rank 0 judge what all have told. What that comes to, or the error, is the same on all
// ranks. It is called once with a name.
func (w *World) consent(ctx context.Context, name string, own any, judge func(told []string) (string, error)) (said string, err error) {
	text, err := json.Marshal(own)
	if err == nil {
		err = w.store.set(of(name, w.place.Rank), string(text))
	}
	if err != nil {
		return "", fmt.Errorf("collective: telling the others: %w", err)
	}
	if w.place.First() {
		if err := w.judge(ctx, name, judge); err != nil {
			return "", err
		}
	}
	answer, err := w.await(ctx, 0, name)
	var found finding
	if err == nil {
		err = json.Unmarshal([]byte(answer), &found)
	}
	if err == nil && found.Wrong != "" {
		wrong := fault.New
		if found.Usage {
			wrong = fault.Usage
		}
		err = wrong("%s", found.Wrong).Advise("%s", found.Hint)
	}
	return string(found.Said), err
}

// finding is what rank 0 comes to: what is wrong, "" for nothing, what to do about it, and whether the user asked for it.
type finding struct {
	Wrong, Hint string
	Usage       bool
	Said        []byte
}

func (w *World) judge(ctx context.Context, name string, judge func(told []string) (string, error)) error {
	told := make([]string, w.place.Size)
	for rank := range told {
		var err error
		if told[rank], err = w.await(ctx, rank, of(name, rank)); err != nil {
			return err
		}
	}
	var found finding
	said, err := judge(told)
	if found.Said = []byte(said); err != nil {
		found = finding{Wrong: fault.Text(err), Hint: fault.Hint(err), Usage: errors.Is(err, fault.ErrUsage)}
	}
	text, err := json.Marshal(found)
	if err == nil {
		err = w.store.set(name, string(text))
	}
	if err != nil {
		return fmt.Errorf("collective: telling the others: %w", err)
	}
	return nil
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
