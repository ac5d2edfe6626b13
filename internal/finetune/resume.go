package finetune

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

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
			was, err := begunWith(newest)
			if err != nil {
				return err
			}
			if err := sameSettings(was, r.Settings); err != nil {
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

// begunWith reads the settings that a checkpoint was made with.
func begunWith(checkpoint string) (s Settings, err error) {
	state, err := train.ReadState(checkpoint)
	if err != nil {
		return s, err
	}
	if json.Unmarshal(state.Extra, &s) != nil {
		return s, fmt.Errorf("finetune: %s is no checkpoint of fine-tuning", checkpoint)
	}
	return s, nil
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
