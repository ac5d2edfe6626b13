package pretrain

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"gobert/internal/fault"
	"gobert/internal/settings"
	"gobert/train"
)

// extra is what a checkpoint keeps for this command.
type extra struct {
	Config json.RawMessage `json:"config"`
	Corpus corpusFacts     `json:"corpus"`
	Files  *contents       `json:"files,omitempty"` // nil where an older program began the run
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

// same names every setting that a resumed run would change, and the corpus, where it is another.
func (was extra) same(c *Config, facts corpusFacts, now *contents) error {
	members, err := settings.Parse(was.Config)
	if err != nil {
		return fault.Usage("{resume}: it is no checkpoint of a pretraining run: %w", err)
	}
	allowed := slices.DeleteFunc(slices.Clone(c.AllowChange), func(name string) bool { return name == "corpus" || name == "data" })
	err = settings.Same(members, c, allowed)
	if len(allowed) == len(c.AllowChange) {
		err = errors.Join(err, errors.Join(sameCorpus(was, facts, now)...))
	}
	return err
}

// toResume finds where the run goes on; "" begins anew, in a folder that holds nothing else.
func (r *run) toResume() (folder string, state train.State, err error) {
	c := r.config
	folder, state, err = train.ToResume(c.Out, c.Resume, r.talk.Warn)
	if err == nil && folder == "" && (c.Resume == "" || !holdsRun(c.Out)) {
		err = vacant(c.Out)
	}
	return folder, state, err
}
