package finetune

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gobert/data"
	"gobert/internal/record"
	"gobert/internal/settings"
	"gobert/train"
)

// resume goes on from a checkpoint, and opens the record at its step.
func (r *run) resume() error {
	found, state, err := train.ToResume(r.Out, r.Resume, r.Warn)
	if err != nil {
		return err
	}
	if found != "" {
		was, err := begunWith(state.Extra)
		if err != nil {
			return fmt.Errorf("finetune: %s is no checkpoint of fine-tuning: %w", found, err)
		}
		if err := was.same(&r.Settings, r.data, found, r.Warn); err != nil {
			return err
		}
		if err := r.trainer.ResumeFrom(found, state); err != nil {
			return err
		}
		r.Log.Info(fmt.Sprintf("resumed at step %d of %d", r.trainer.State().Step, r.total))
	}
	if r.record, err = record.Open(r.Out, record.Options{Resume: true, Step: r.trainer.State().Step, TensorBoard: r.TensorBoard}); err != nil {
		return err
	}
	r.closers = append(r.closers, func() { _ = r.record.Close() }) // synced before: at each checkpoint, and at the end
	r.trainer.Reporter = &train.Console{Record: r.record, Talk: r.Talk, Device: r.model.Device, On: "dev"}
	return nil
}

// begun is what a run was begun with. It is kept in every checkpoint, the data as a member beside the settings.
type begun struct {
	Settings settings.Members
	Data     *fingerprint // nil where an older program began
}

// keep is begun as a checkpoint has it.
func keep(s Settings, data *fingerprint) ([]byte, error) {
	return json.Marshal(struct {
		Settings
		Data *fingerprint `json:"data"`
	}{s, data})
}

// begunWith reads it from a checkpoint.
func begunWith(extra []byte) (b begun, err error) {
	if b.Settings, err = settings.Parse(extra); err == nil {
		if _, ok := b.Settings["task"]; !ok {
			return b, errors.New("it has no task")
		}
		if data, ok := b.Settings["data"]; ok {
			err = json.Unmarshal(data, &b.Data)
		}
	}
	return b, err
}

// same refuses to go on with other settings or other data.
func (b begun) same(s *Settings, data *fingerprint, where string, warn func(message string)) error {
	allowed := slices.DeleteFunc(slices.Clone(s.AllowChange), func(name string) bool { return name == "data" })
	err := settings.Same(b.Settings, s, allowed)
	switch {
	case b.Data == nil:
		warn(where + ": an older program began this run and did not record what it was trained on: other data is not noticed")
	case len(allowed) == len(s.AllowChange):
		err = errors.Join(err, sameData(b.Data, data))
	}
	return err
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
