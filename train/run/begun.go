package run

import (
	"encoding/json"
	"errors"
	"slices"

	"gobert/internal/fault"
	"gobert/internal/settings"
)

// Begun is what a run was begun with: every checkpoint keeps it, and so does the result of a run that is done. Where it goes on,
// nothing of it may have changed, but for what the user allows.
type Begun struct {
	Kind     string `json:"kind"`     // of the run: package pretrain's or finetune's
	Settings any    `json:"settings"` // a pointer to what the run is told; read from a file, its members
	Data     any    `json:"data"`     // what it is trained on; read from a file, its JSON text
	Where    string `json:"-"`        // the checkpoint or file that it was read from
}

// The kinds of runs.
const (
	Pretraining = "pretraining"
	FineTuning  = "fine-tuning"
)

// Begun is what the run that goes on was begun with.
func (r *Run[B, C]) Begun(kind string) (Begun, error) {
	return ReadBegun(r.Was.Extra, kind, r.Checkpoint)
}

// ReadBegun reads it from where it was kept, also by programs of before: a run of pretraining had its settings in "config", and what
// it was trained on beside that; one of fine-tuning had its settings beside "data". The error says that it is of another kind.
func ReadBegun(text []byte, kind, where string) (Begun, error) {
	b := Begun{Where: where}
	var file map[string]json.RawMessage
	err := json.Unmarshal(text, &file)
	told := file["settings"]
	switch {
	case err != nil:
	case told != nil:
		b.Data = file["data"]
		if b.Kind = kind; file["kind"] != nil {
			err = json.Unmarshal(file["kind"], &b.Kind)
		}
	case file["config"] != nil:
		told, b.Data, b.Kind = file["config"], json.RawMessage(text), Pretraining
	case file["task"] != nil:
		told, b.Data, b.Kind = text, file["data"], FineTuning
	}
	if err == nil && b.Kind != kind {
		err = errors.New("it is of another kind of run")
	}
	if err == nil {
		b.Settings, err = settings.Parse(told)
	}
	if err != nil {
		return b, fault.Usage("{resume}: %s is not of a run of %s: %w", where, kind, err)
	}
	return b, nil
}

// Was fills a pointer with the data that the run was begun with; known is false where an older program kept nothing of it.
func (b Begun) Was(data any) (known bool, err error) {
	text, _ := b.Data.(json.RawMessage)
	if len(text) == 0 || string(text) == "null" {
		return false, nil
	}
	if err := json.Unmarshal(text, data); err != nil {
		return false, fault.Usage("{resume}: %s: %w", b.Where, err)
	}
	return true, nil
}

// Same names every setting in which it differs from what the run is to go on with, and, unless that is allowed, what data says
// differs of the data.
func (b Begun) Same(declaration any, c *Config, data func() error) error {
	allowed := slices.DeleteFunc(slices.Clone(c.AllowChange), func(name string) bool { return name == "data" || name == "corpus" })
	was, _ := b.Settings.(settings.Members)
	err := settings.Same(was, declaration, allowed)
	if len(allowed) == len(c.AllowChange) {
		err = errors.Join(err, data())
	}
	return err
}
