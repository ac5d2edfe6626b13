package finetune

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"gobert/data/loader"
	"gobert/internal/train"
)

// resume goes on from the newest whole checkpoint, and opens the record at its step.
func (r *run) resume() error {
	if r.Resume {
		newest, skipped, err := train.Newest(r.Output)
		if err != nil {
			return err
		}
		for _, err := range skipped {
			r.Log.Warn("passed over: " + err.Error())
		}
		if newest != "" {
			if err := r.sameSettings(newest); err != nil {
				return err
			}
			if err := r.trainer.Resume(newest, nil); err != nil {
				return err
			}
			r.Log.Info(fmt.Sprintf("resumed at step %d of %d", r.trainer.State().Step, r.total))
		}
	}
	if err := os.MkdirAll(r.Output, 0o755); err != nil {
		return fmt.Errorf("finetune: %w", err)
	}
	var err error
	if r.record, err = newRecorder(r.Output, r.trainer.State().Step, r.Reporter); err != nil {
		return err
	}
	r.closers = append(r.closers, func() { _ = r.record.log.Close() }) // synced before: at each checkpoint, and at the end
	r.trainer.Reporter = r.record
	return nil
}

// sameSettings refuses to go on with other settings than the checkpoint's.
func (r *run) sameSettings(checkpoint string) error {
	state, err := train.ReadState(checkpoint)
	if err != nil {
		return err
	}
	now, err := json.Marshal(r.Settings)
	if err != nil {
		return err
	}
	var a, b map[string]any
	if json.Unmarshal(state.Extra, &a) != nil || json.Unmarshal(now, &b) != nil {
		return fmt.Errorf("finetune: %s is no checkpoint of fine-tuning", checkpoint)
	}
	var faults []error
	for name := range union(a, b) {
		if fmt.Sprint(a[name]) != fmt.Sprint(b[name]) {
			faults = append(faults, fmt.Errorf("finetune: resuming: %s was %v, now it is %v (hint: resume with the settings it was begun with)", name, a[name], b[name]))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

func union(a, b map[string]any) map[string]bool {
	names := map[string]bool{}
	for _, m := range []map[string]any{a, b} {
		for name := range m {
			names[name] = true
		}
	}
	return names
}

// feed starts the loader where the run stands.
func (r *run) feed(ctx context.Context) error {
	o := loader.Options{Seed: r.Seed, Sequences: r.Batch, Workers: 1, Prefetch: 4}
	if cursor, ok := r.trainer.Cursor(); ok {
		o.Start = cursor
	}
	feed, err := loader.New(context.WithoutCancel(ctx), r.train, o)
	if err != nil {
		return err
	}
	r.trainer.SetFeed(feed)
	r.closers = append(r.closers, feed.Close)
	return nil
}
