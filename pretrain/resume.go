package pretrain

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"gobert/train/run"
)

// kept is what a checkpoint keeps of the text that its run is trained on.
type kept struct {
	Corpus corpusFacts `json:"corpus"`
	Files  *contents   `json:"files,omitempty"` // nil where an older program began the run
}

// corpusFacts recognise a corpus that was moved, and tell one that was changed.
type corpusFacts struct {
	Tokenizer string `json:"tokenizer"` // its hash
	Documents int    `json:"documents"`
	Sentences int    `json:"sentences"`
	Heldout   int    `json:"heldout_sentences"`
	Examples  int    `json:"examples,omitempty"` // of TFRecord files, in place of documents and sentences
	Bytes     int64  `json:"bytes,omitempty"`    // of these files
}

// String describes it for people.
func (f corpusFacts) String() string {
	if f.Examples > 0 {
		return fmt.Sprintf("%d fixed examples in TFRecord files", f.Examples)
	}
	return fmt.Sprintf("%d documents, %d sentences", f.Documents, f.Sentences)
}

func (t *texts) facts() corpusFacts {
	f := t.train.facts()
	f.Tokenizer = t.tokenizer.Hash()
	if t.heldout != nil {
		f.Heldout = t.heldout.Sentences()
	}
	return f
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
	t.kept.Corpus = t.texts.facts()
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
