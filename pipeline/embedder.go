package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"gobert/bert"
	"gobert/internal/sentencetransformers"
	"gobert/task"
)

// EmbedOptions say how. Zero fields are what the model's folder says (sentence-transformers' files), else mean, of length 1, and
// as long as the model can read.
type EmbedOptions struct {
	Pooling    sentencetransformers.Pooling
	Normalize  *bool // to length 1
	Prompt     *string
	PromptName string // one of the folder's prompts
	MaxLength  int
	Device     string
	Compute    string
	Tell       bert.Progress
	Warn       func(message string)
}

// OpenEmbedder opens a model for vectors; a head is left aside.
func OpenEmbedder(ctx context.Context, name string, o EmbedOptions) (*Embedder, error) {
	said, err := sentencetransformers.Read(name)
	if err != nil {
		return nil, err
	}
	path := name
	if said != nil {
		path = filepath.Join(name, said.Network)
	}
	c, err := bert.Open(ctx, path, o.Tell)
	if err != nil {
		return nil, err
	}
	folder := c.Folder
	if said == nil { // a name of the hub, or a file in the folder
		if said, err = sentencetransformers.Read(folder); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	t, err := task.OpenTokenizer(folder, c.Config, o.Warn)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	m, err := bert.New(c.Config, false)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	report, err := c.Place(m, bert.Options{Device: o.Device, Compute: o.Compute, Warn: o.Warn})
	if err != nil {
		return nil, err
	}
	if len(report.Initialized) > 0 {
		return nil, errors.Join(fmt.Errorf("pipeline: %s lacks %s: its vectors would be chance", name, report.Initialized[0]), m.Close())
	}
	e := &Embedder{Model: m, Tokenizer: t}
	if err := e.settle(said, o); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return e, nil
}

// plainVectors is what is done where no folder says anything.
func plainVectors() *sentencetransformers.Model {
	return &sentencetransformers.Model{
		Pooling: sentencetransformers.Pooling{sentencetransformers.Mean}, IncludePrompt: true, Then: []sentencetransformers.Module{sentencetransformers.Normalize{}},
		Similarity: sentencetransformers.Cosine, Prompts: map[string]string{},
	}
}

// settle does what the folder says, unless an option says otherwise.
func (e *Embedder) settle(said *sentencetransformers.Model, o EmbedOptions) (err error) {
	defer func(folder bool) {
		if !folder {
			e.Over = nil // there is nothing that says otherwise
		}
	}(said != nil)
	if said == nil {
		said = plainVectors()
	}
	if e.Pooling = said.Pooling; len(o.Pooling) > 0 {
		e.Pooling = o.Pooling
		e.over(said.Pooling.String() != o.Pooling.String(), "pooling is %v as asked for; the folder says %v", o.Pooling, said.Pooling)
	}
	e.Similarity = said.Similarity
	if said.Lowercase && !e.Tokenizer.Lowercase() {
		if e.Tokenizer, err = e.Tokenizer.Lowered(); err != nil {
			return err
		}
	}
	if err := e.limit(said.MaxLength, o); err != nil {
		return err
	}
	if err := e.settlePrompt(said, o); err != nil {
		return err
	}
	return e.settleSteps(said, o)
}

// over notes that an option is done in place of what the folder says.
func (e *Embedder) over(differs bool, format string, args ...any) {
	if differs {
		e.Over = append(e.Over, fmt.Sprintf(format, args...))
	}
}

// limit settles how much of a text is read.
func (e *Embedder) limit(said int, o EmbedOptions) error {
	positions := e.Model.Config.MaxPositions
	wanted := o.MaxLength
	if wanted == 0 {
		wanted = said
	}
	if longer := task.Shorter(positions, wanted); longer != "" && o.Warn != nil {
		o.Warn(longer)
	}
	if wanted == 0 {
		wanted = e.Tokenizer.MaxLength()
	}
	if e.MaxLength = positions; wanted > 0 {
		e.MaxLength = min(wanted, positions)
	}
	const special = 2
	if e.MaxLength <= special {
		return fmt.Errorf("pipeline: %d tokens of a text are read, of which [CLS] and [SEP] are two: expected at least 3", e.MaxLength)
	}
	return nil
}

// settlePrompt finds the prompt, and how much of it is not pooled.
func (e *Embedder) settlePrompt(said *sentencetransformers.Model, o EmbedOptions) (err error) {
	name := o.PromptName
	if name == "" {
		name = said.DefaultPrompt
	}
	if o.Prompt != nil {
		e.Prompt = *o.Prompt
	} else if name != "" {
		if e.Prompt, err = said.Prompt(name); err != nil {
			return fmt.Errorf("pipeline: %w", err)
		}
	}
	if e.Prompt == "" {
		return nil
	}
	before := 1 + len(e.Tokenizer.AppendIDs(nil, e.Prompt))
	if before > e.MaxLength-2 {
		return fmt.Errorf("pipeline: the prompt %q has %d tokens, and with it %d are read: nothing of a text would be left", e.Prompt, before-1, e.MaxLength)
	}
	if !said.IncludePrompt {
		e.skip = before
	}
	return nil
}

// settleSteps lists what pooled vectors go through.
func (e *Embedder) settleSteps(said *sentencetransformers.Model, o EmbedOptions) (err error) {
	modules := slices.Clone(said.Then)
	if o.Normalize != nil {
		ends := false
		if n := len(modules); n > 0 {
			_, ends = modules[n-1].(sentencetransformers.Normalize)
		}
		e.over(ends != *o.Normalize, "vectors of length 1: %t as asked for; the folder says %t", *o.Normalize, ends)
	}
	if o.Normalize != nil && !*o.Normalize {
		for n := len(modules); n > 0; n-- {
			if _, last := modules[n-1].(sentencetransformers.Normalize); !last {
				break
			}
			modules = modules[:n-1]
		}
	}
	e.width = e.Model.Config.HiddenSize * len(e.Pooling)
	if e.then, err = steps(modules, e.width, e.Model.Mode().Device); err != nil {
		return err
	}
	if n := len(e.then); n > 0 {
		e.width = e.then[n-1].width
	}
	if said.Dimensions > 0 && said.Dimensions < e.width {
		e.then = append(e.then, firstNumbers(e.width, said.Dimensions))
		e.width = said.Dimensions
	}
	if o.Normalize != nil && *o.Normalize {
		width := e.width
		e.then = append(e.then, step{width, func(rows []float32) ([]float32, error) { return normalized(rows, width), nil }})
	}
	return nil
}

// firstNumbers keeps the first numbers of each vector.
func firstNumbers(from, to int) step {
	return step{to, func(rows []float32) ([]float32, error) {
		out := make([]float32, 0, len(rows)/from*to)
		for at := 0; at < len(rows); at += from {
			out = append(out, rows[at:at+to]...)
		}
		return out, nil
	}}
}
