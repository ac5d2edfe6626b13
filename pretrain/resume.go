package pretrain

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"gobert/data/pretraining/texts"
	"gobert/train/run"
)

// kept is what a checkpoint keeps of the text that its run is trained on.
type kept struct {
	Corpus texts.Facts `json:"corpus"`
	Files  *contents   `json:"files,omitempty"` // nil where an older program began the run
}

// absolute is the configuration with whole paths, so that it means the same from every folder.
func (c *Config) absolute() Config {
	whole := *c
	for _, path := range []*string{&whole.Data, &whole.Heldout, &whole.Tokenizer, &whole.Model} {
		if _, err := os.Stat(*path); err != nil {
			continue // a size, or a name on the hub
		}
		if absolute, err := filepath.Abs(*path); err == nil {
			*path = absolute
		}
	}
	return whole
}

// json is the configuration as run.json holds it.
func (c *Config) json() []byte {
	text, _ := json.MarshalIndent(c.absolute(), "", "  ") // plain values always have a JSON form
	return text
}

// same sums the text, and compares it and the settings with what the run was begun with.
func (t *training) same(ctx context.Context) error {
	t.kept.Corpus = t.texts.Facts()
	var was kept
	compare := func() error { return nil }
	if t.Checkpoint != "" {
		b, err := t.Begun(run.Pretraining)
		if err == nil {
			_, err = b.Was(&was)
		}
		if err != nil {
			return err
		}
		if was.Files == nil {
			t.Talk.Log.Warn("an older program began this run and recorded only how much it was trained on: a corpus of the same size is not told from it", "checkpoint", t.Checkpoint)
		}
		compare = func() error {
			return b.Same(t.config, &t.config.Config, func() error { return sameText(was, t.kept) })
		}
	}
	var err error
	if t.kept.Files, err = t.contents(ctx, was.Files); err != nil {
		return err
	}
	return compare()
}
