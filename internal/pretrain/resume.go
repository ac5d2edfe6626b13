package pretrain

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/internal/cli"
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
	for _, path := range []*string{&whole.Data.Data, &whole.Heldout, &whole.Tokenizer, &whole.Model.Model} {
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

// free are the settings that may change on resume, because no number depends on them. Where the corpus lies is one: whether
// it is the same corpus is looked at.
func free() []string {
	return []string{"data", "heldout", "tokenizer", "workers", "save_every", "keep", "samples", "tensorboard"}
}

// sameSettings names every setting that a resumed run would change.
func sameSettings(was extra, c *Config, facts corpusFacts, now *contents) error {
	var before, after map[string]json.RawMessage
	if err := json.Unmarshal(was.Config, &before); err != nil {
		return cli.Misused(fmt.Errorf("--resume: it is no checkpoint of a pretraining run: %w", err))
	}
	before = train.Renamed(before)
	if err := json.Unmarshal(c.json(), &after); err != nil {
		return err
	}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if slices.Contains(free(), name) || slices.Contains(c.AllowChange, name) || slices.Contains(c.AllowChange, flag(name)) {
			continue
		}
		if old, ok := before[name]; ok && compacted(old) != compacted(after[name]) {
			faults = append(faults, fmt.Errorf("--%s was %s, now it is %s (hint: --allow-change %[1]s, if you mean it)", flag(name), given(old), given(after[name])))
		}
	}
	for _, name := range c.AllowChange {
		if _, ok := after[strings.ReplaceAll(name, "-", "_")]; !ok && name != "corpus" {
			faults = append(faults, fmt.Errorf("--allow-change: no setting has the name %s", name))
		}
	}
	err := cli.Misused(errors.Join(faults...))
	if !slices.Contains(c.AllowChange, "corpus") {
		err = errors.Join(err, errors.Join(sameCorpus(was, facts, now)...))
	}
	return err
}

func flag(name string) string { return strings.ReplaceAll(name, "_", "-") }

// given is a setting for people, on one line.
func given(value json.RawMessage) string {
	if text := compacted(value); text != "[]" {
		return text
	}
	return "not given"
}

// compacted makes values comparable that were written with other spaces.
func compacted(value json.RawMessage) string {
	var x any
	if json.Unmarshal(value, &x) != nil {
		return string(value)
	}
	if x == nil {
		x = []any{} // an empty list
	}
	text, _ := json.Marshal(x)
	return string(text)
}

// checkpointToResume finds where the run goes on; "" begins anew. What was found broken comes back as warnings.
func checkpointToResume(c *Config) (folder string, state train.State, warnings []error, err error) {
	switch c.Resume {
	case "":
		return "", state, nil, vacant(c.Out)
	case "auto":
		folder, warnings, err = train.Newest(c.Out)
		if err == nil && folder == "" && !holdsRun(c.Out) {
			err = vacant(c.Out)
		}
		if err != nil || folder == "" {
			return "", state, warnings, err
		}
	default:
		folder = filepath.Clean(c.Resume)
	}
	state, err = train.ReadState(folder)
	if err != nil {
		return "", state, warnings, fmt.Errorf("--resume: %w", err)
	}
	if len(state.Extra) == 0 {
		return "", state, warnings, fmt.Errorf("--resume: %s is no checkpoint of a pretraining run", folder)
	}
	return folder, state, warnings, nil
}

// readConfig reads a configuration as run.json holds it, also one that a program of before wrote.
func readConfig(text []byte) (c Config, err error) {
	var fields map[string]json.RawMessage
	if err = json.Unmarshal(text, &fields); err == nil {
		text, _ = json.Marshal(train.Renamed(fields))
		err = json.Unmarshal(text, &c)
	}
	return c, err
}
