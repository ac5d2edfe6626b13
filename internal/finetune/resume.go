package finetune

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"gobert/data"
	"gobert/internal/cli"
	"gobert/internal/record"
	"gobert/train"
)

// resume goes on from the newest whole checkpoint, and opens the record at its step.
func (r *run) resume() error {
	if r.Resume != "" {
		newest, skipped, err := r.Resume, []error(nil), error(nil)
		if newest == "auto" {
			newest, skipped, err = train.Newest(r.Output)
		}
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
			if err := was.same(r.Settings, r.data, newest, r.Warn); err != nil {
				return err
			}
			if err := r.trainer.Resume(newest); err != nil {
				return err
			}
			r.Log.Info(fmt.Sprintf("resumed at step %d of %d", r.trainer.State().Step, r.total))
		}
	}
	if err := os.MkdirAll(r.Output, 0o755); err != nil {
		return fmt.Errorf("finetune: %w", err)
	}
	var err error
	if r.record, err = record.Open(r.Output, record.Options{Resume: true, Step: r.trainer.State().Step, TensorBoard: true}); err != nil {
		return err
	}
	r.closers = append(r.closers, func() { _ = r.record.Close() }) // synced before: at each checkpoint, and at the end
	r.trainer.Reporter = &train.Console{Record: r.record, Talk: r.Talk, Device: r.model.Device, On: "dev"}
	return nil
}

// begun is what a run was begun with. It is kept in every checkpoint.
type begun struct {
	Settings
	Data *fingerprint `json:"data,omitempty"` // nil where an older program began
}

// begunWith reads it from a checkpoint.
func begunWith(checkpoint string) (b begun, err error) {
	state, err := train.ReadState(checkpoint)
	if err != nil {
		return b, err
	}
	if json.Unmarshal(state.Extra, &b) != nil {
		return b, fmt.Errorf("finetune: %s is no checkpoint of fine-tuning", checkpoint)
	}
	return b, nil
}

// same refuses to go on with other settings or other data.
func (b begun) same(s Settings, data *fingerprint, where string, warn func(message string)) error {
	err := sameSettings(b.Settings, s)
	if b.Data == nil {
		warn(where + ": an older program began this run and did not record what it was trained on: other data is not noticed")
		return err
	}
	return errors.Join(err, sameData(b.Data, data))
}

// sameSettings refuses to go on with other settings than a run was begun with.
func sameSettings(was, is Settings) error {
	a, err := was.fields()
	if err != nil {
		return err
	}
	b, err := is.fields()
	if err != nil {
		return err
	}
	both := maps.Clone(a)
	maps.Copy(both, b)
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(both)) {
		if a[name] != b[name] {
			faults = append(faults, fmt.Errorf("finetune: resuming: %s was %s, now it is %s (hint: resume with the settings it was begun with, or give another --out)",
				name, cmp.Or(a[name], "not given"), cmp.Or(b[name], "not given")))
		}
	}
	return cli.Misused(errors.Join(faults...))
}

// fields are the settings by the names that they have in files, those of a group behind a dot, with their JSON.
func (s Settings) fields() (map[string]string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	fields := map[string]string{}
	return fields, flatten("", text, fields)
}

func flatten(name string, text json.RawMessage, into map[string]string) error {
	if text[0] != '{' {
		into[name] = string(text)
		return nil
	}
	var group map[string]json.RawMessage
	if err := json.Unmarshal(text, &group); err != nil {
		return err
	}
	for key, member := range group {
		if name != "" {
			key = name + "." + key
		}
		if err := flatten(key, member, into); err != nil {
			return err
		}
	}
	return nil
}

// feed starts the loader where the run stands.
func (r *run) feed(ctx context.Context) error {
	o := data.LoaderOptions{Seed: r.Seed, Sequences: r.Batch, Workers: 1, Prefetch: 4}
	if cursor, ok := r.trainer.Cursor(); ok {
		o.Start = cursor
	}
	feed, err := data.NewLoader(context.WithoutCancel(ctx), r.train, o)
	if err != nil {
		return err
	}
	r.trainer.SetFeed(feed)
	r.closers = append(r.closers, feed.Close)
	return nil
}
