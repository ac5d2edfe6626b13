package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/sentencetransformers"
	"gobert/task"
)

// Options say how a folder is used. The zero value uses it on the CPU in fp32, as it was trained.
type Options struct {
	Device  string // "cpu", "cuda", "cuda:N" or "auto"; empty means cpu
	Compute string // "fp32", "bf16", "fp16", "int8", or "auto": bf16 where the device multiplies it; empty means fp32, or the int8 of a folder that holds it

	MaxLength int // tokens of a text; 0: as in training, else all that the model can read
	Stride    int // tokens that neighbouring windows of a long text share; 0: 128 for answers, a quarter of the length for tags

	task.Decoding          // how scores become predictions; Top is for Fill, too, where 0 means 5
	NoAnswer      *float64 // span: how much better no answer must be than the best one; nil: what evaluation found best
	Vectors       Vectors  // of Embed

	// Bare opens the encoder alone, for Embed: a head is left aside, and one that is not trained is no fault.
	Bare bool

	Tell bert.Progress
	Warn func(message string)
}

// Pipeline is a trained folder in use. Its calls, and streams, may be made from many goroutines at once.
type Pipeline struct {
	Model   *task.Model
	Trained Trained // what its run was told

	options  Options
	hasMasks bool // there is a trained head for masked tokens
	hasNext  bool // there is one for next sentences
	said     *sentencetransformers.Model
	says     func() (*sentencetransformers.Model, error) // once: what becomes of the folder later changes nothing
	embedder func() (*Embedder, error)
}

// Open opens what was trained: a folder, a run's folder, or a name on the Hugging Face hub. What it is for, it says itself: a
// fine-tuned model is for [Pipeline.Classify], [Pipeline.Tag], [Pipeline.Answer] or [Pipeline.Choose], a pretrained one for
// [Pipeline.Fill] and [Pipeline.Next], and any for [Pipeline.Embed].
func Open(ctx context.Context, name string, o Options) (*Pipeline, error) {
	p := &Pipeline{options: o}
	path := name
	info, err := os.Stat(name)
	if _, lacking := os.Stat(filepath.Join(name, "config.json")); err == nil && info.IsDir() && (o.Bare || lacking != nil) {
		// sentence-transformers may keep the network in a folder below
		if p.said, err = sentencetransformers.Read(name); err != nil {
			return nil, err
		}
		if p.said != nil {
			path = filepath.Join(name, p.said.Network)
		}
	}
	m, err := task.Open(ctx, path, task.Options{
		Ready: true, Merge: true, Device: o.Device, Compute: o.Compute, Tell: o.Tell, Warn: o.Warn,
		Network: func(c *bert.Checkpoint) (bert.Network, error) { return network(c, o.Bare) },
	})
	if err != nil {
		return nil, err
	}
	if m.Kind == nil {
		for _, lacking := range m.New {
			if strings.HasPrefix(lacking, bert.Prefix+".e") || o.Bare {
				return nil, errors.Join(fmt.Errorf("pipeline: %s lacks %s: what it says would be chance", name, lacking), m.Close())
			}
		}
	}
	p.Trained = trained(name)
	return p.of(m), nil
}

// Of uses a model that is in memory.
func Of(m *task.Model, o Options) *Pipeline { return (&Pipeline{options: o}).of(m) }

// Beside uses another model in memory with the same options. What becomes of vectors this one says where the other's folder does not.
func (p *Pipeline) Beside(m *task.Model) (_ *Pipeline, err error) {
	other := &Pipeline{options: p.options, Trained: trained(m.Path)}
	if other.said, err = sentencetransformers.Read(m.Path); err == nil && other.said == nil {
		other.said, err = p.says()
	}
	return other.of(m), err
}

func (p *Pipeline) of(m *task.Model) *Pipeline {
	p.Model = m
	if n, ok := m.Network.(*heads.Pretraining); ok {
		p.hasMasks, p.hasNext = n.MaskedLM != nil, n.Next != nil
		for _, lacking := range m.New {
			if strings.HasPrefix(lacking, "cls.predictions") {
				p.hasMasks = false
			} else {
				p.hasNext = false // its own head, or the pooler below it
			}
		}
	}
	p.says = sync.OnceValues(func() (*sentencetransformers.Model, error) {
		if p.said != nil {
			return p.said, nil
		}
		return sentencetransformers.Read(m.Path) // of the hub, a file, or a folder that holds its network itself
	})
	p.embedder = sync.OnceValues(func() (*Embedder, error) { return p.EmbedderFor(p.options.Vectors) })
	return p
}

// network makes what is not a task's: the encoder alone, or with the heads of pretraining where the checkpoint has one of them.
func network(c *bert.Checkpoint, bare bool) (bert.Network, error) {
	switch pretrained := c.Has("cls.predictions.transform.dense.weight") || c.Has("cls.seq_relationship.weight"); {
	case !bare && task.For(c.Config) != nil:
		return nil, nil
	case !bare && pretrained:
		return heads.NewPretraining(c.Config)
	}
	return bert.New(c.Config, c.Has("pooler.dense.weight")) // adapters over it may need the pooler
}

// Close releases the model.
func (p *Pipeline) Close() error { return p.Model.Close() }

// HasNext says whether the model can tell next sentences.
func (p *Pipeline) HasNext() bool { return p.hasNext }

// HasMasks says whether the model can fill masks.
func (p *Pipeline) HasMasks() bool { return p.hasMasks }

// spanLength is how much of a context is read at once where nothing says how much.
const spanLength = 384

// Features say how texts are cut: as the options want it, else as in training, else as the model can read.
func (p *Pipeline) Features() features.Options {
	o := features.Options{MaxLength: p.options.MaxLength, Stride: p.options.Stride}
	if o.MaxLength == 0 {
		o.MaxLength = p.Trained.SeqLength
	}
	if o.MaxLength == 0 && p.Model.Kind == task.Span {
		o.MaxLength = spanLength
	}
	o.MaxLength = p.Model.Length(o.MaxLength)
	if o.Stride == 0 && p.Model.Kind == task.Tag {
		o.Stride = o.MaxLength / 4
	}
	return o
}

// Decoding is how scores become predictions: as the options want it, else as evaluation found best.
func (p *Pipeline) Decoding() task.Decoding {
	d := p.options.Decoding
	if d.Strategy == "" {
		d.Strategy = conll.Simple
	}
	for _, threshold := range []*float64{p.Trained.NoAnswer, p.options.NoAnswer} {
		if threshold != nil {
			d.Squad.V2, d.Squad.NullThreshold = true, *threshold
		}
	}
	return d
}

// Evaluate measures the model on labelled examples, cut as in training, and warns of what was cut, or is not known to the tokenizer.
func (p *Pipeline) Evaluate(ctx context.Context, examples []labelled.Example, onError labelled.OnError, o task.EvaluateOptions) (*task.Evaluation, error) {
	m, cut := p.Model, p.Features()
	if cut.AllPieces = p.Trained.AllPieces; m.Kind == task.Tag {
		cut.Stride = 0
	}
	set, err := m.Features(examples, cut, onError)
	if err != nil {
		return nil, err
	}
	for _, warning := range []string{m.Longer(set, cut.MaxLength), m.Unknown(set)} {
		if warning != "" && p.options.Warn != nil {
			p.options.Warn(warning)
		}
	}
	return m.Evaluate(ctx, set, o)
}
