package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/wordpiece"
	"gobert/heads"
	"gobert/internal/fault"
)

// Options say what to make of a model folder.
type Options struct {
	Kind    Kind                 // nil: what the folder was fine-tuned for
	Labels  *labelled.Labels     // of a new head; nil: the folder's own
	Pooling heads.Pooling        // of a new sequence classifier; empty: the folder's own
	Adapter *bert.AdapterOptions // adds new adapters; nil: none but the folder's own
	Merge   bool                 // adds the folder's adapters to the weights they correct
	Change  func(c *bert.Config) // changes the configuration before the network is made; may be nil
	Prepare func(n bert.Network) // changes the network before it moves to its device; may be nil
	Ready   bool                 // an untrained head is an error
	Seed    uint64               // of new parameters
	Device  string               // as in bert.Options
	Compute string
	Tell    bert.Progress
	Warn    func(message string)

	// Over fills the network of a folder in PEFT's format with the weights of Base, which is in memory; nil opens what lies below it.
	Over func(n bert.Network) error
	Base *Model

	// Network makes another network than a task's of what was opened; nil for one of a task. May be nil.
	Network func(c *bert.Checkpoint) (bert.Network, error)
}

// Open opens a model with its tokenizer: a folder or a name of the hub with a head, or without one, which is then made. A folder in
// PEFT's format is opened with the model below it. It is the one place where a model comes from files.
func Open(ctx context.Context, name string, o Options) (*Model, error) {
	adapter, err := readAdapter(name)
	if err != nil {
		return nil, err
	}
	base := name
	switch {
	case o.Over != nil && adapter == nil:
		return nil, fault.New("task: %s holds no adapter: %s is not there", name, adapterConfig).Advise("a model of its own is served by its name alone: NAME=%s", name)
	case o.Over != nil:
		c := &bert.Checkpoint{Folder: o.Base.Path, Config: o.Base.Network.Encoder().Config}
		c.Config.Architectures = nil // whatever head the base has
		return open(c, name, adapter, o)
	case adapter != nil:
		base = adapter.basePath(name)
	}
	c, err := bert.Open(ctx, base, o.Tell)
	if err != nil {
		return nil, err
	}
	m, err := open(c, name, adapter, o)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return m, nil
}

func open(c *bert.Checkpoint, name string, adapter *adapterFile, o Options) (*Model, error) {
	folder := c.Folder
	if adapter != nil {
		folder = name
		if err := adapter.takeConfig(name, &c.Config); err != nil {
			return nil, err
		}
	}
	m := &Model{Folder: name, Path: folder}
	if err := m.declare(c, o); err != nil {
		return nil, err
	}
	var err error
	tokens := folder
	if adapter != nil && !wordpiece.In(folder) { // PEFT writes none
		tokens = c.Folder
	}
	if m.Tokenizer, err = openTokenizer(tokens, c.Config, o.Warn); err != nil {
		return nil, err
	}
	if err := m.settleScore(folder); err != nil {
		return nil, err
	}
	if err := m.fill(c, adapter, o); err != nil {
		return nil, err
	}
	mode := m.Network.Encoder().Mode()
	m.Device, m.Compute = mode.Device, mode.Compute
	if m.Kind == nil {
		return m, nil
	}
	m.Labels = labelsOf(m.Kind, m.Network)
	if o.Labels != nil && m.Labels != nil {
		m.Labels = o.Labels
	}
	return m, nil
}

// declare makes the network that is asked for, without values.
func (m *Model) declare(c *bert.Checkpoint, o Options) (err error) {
	if o.Network != nil {
		if m.Network, err = o.Network(c); err != nil || m.Network != nil {
			return err
		}
	}
	own := For(c.Config)
	switch m.Kind = o.Kind; {
	case m.Kind == nil && own == nil:
		return noHead(m.Folder, c.Config)
	case m.Kind == nil:
		m.Kind = own
	case o.Ready && own != nil && own != m.Kind:
		return fmt.Errorf("task: %s is fine-tuned for %s, not for %s", m.Folder, own.Facts().Name, m.Kind.Facts().Name)
	}
	if o.Labels != nil {
		setLabels(&c.Config, m.Kind, o.Labels)
	}
	if o.Pooling != "" {
		heads.SetPooling(&c.Config, o.Pooling)
	}
	if o.Change != nil {
		o.Change(&c.Config)
	}
	m.Network, err = m.Kind.Declare(c.Config)
	return err
}

// openTokenizer opens a folder's tokenizer for a model.
func openTokenizer(folder string, c bert.Config, warn func(message string)) (*wordpiece.Tokenizer, error) {
	t, err := wordpiece.Open(folder)
	if err != nil {
		return nil, err
	}
	doubt, err := t.ForModel(c.VocabSize)
	if err != nil {
		return nil, fmt.Errorf("task: the tokenizer of %s: %w", folder, err)
	}
	if doubt != "" && warn != nil {
		warn(folder + ": " + doubt)
	}
	return t, nil
}

// fill gives the network its weights and moves it to its device.
func (m *Model) fill(c *bert.Checkpoint, adapter *adapterFile, o Options) error {
	if o.Over != nil {
		err := o.Over(m.Network)
		if err == nil {
			err = adapter.load(m, false)
		}
		if err != nil {
			err = errors.Join(err, m.Close())
		}
		return err
	}
	anew := m.otherHead(c, o)
	report, err := c.Fill(m.Network, o.Seed, func(name string) bool { return anew && isHead(name) })
	if err != nil {
		return err
	}
	m.New = report.Initialized
	if adapter != nil {
		if err := adapter.load(m, o.Merge); err != nil {
			return err
		}
	}
	if o.Ready && m.Kind != nil && len(m.New) > 0 { // of heads of pretraining one may be enough: whoever opens them knows
		return fault.New("task: %s has no trained head: %s would be drawn at random", m.Folder, strings.Join(m.New, ", ")).Advise("fine-tune it first: finetune train {model} %s", m.Folder)
	}
	if o.Prepare != nil {
		o.Prepare(m.Network)
	}
	if o.Adapter != nil {
		if err := m.addAdapters(*o.Adapter, o.Seed); err != nil {
			return err
		}
	}
	return c.Settle(m.Network, bert.Options{Device: o.Device, Compute: o.Compute, Warn: o.Warn})
}

// otherHead says whether the folder's head is of another task or other labels than those asked for.
func (m *Model) otherHead(c *bert.Checkpoint, o Options) bool {
	if m.Kind == nil {
		return false
	}
	before, err := bert.ReadConfig(c.Folder)
	if err != nil {
		return true
	}
	if own := For(before); own != m.Kind {
		return own != nil
	}
	return o.Labels != nil && m.Kind.Facts().Labels && !slices.Equal(before.Labels(), o.Labels.Names)
}

// isHead says whether a parameter belongs to the head.
func isHead(name string) bool { return !strings.HasPrefix(name, bert.Prefix+".") }

// noHead says what a model lacks, and what it is.
func noHead(name string, c bert.Config) error {
	is := "a model without a head"
	if len(c.Architectures) > 0 {
		is = "a " + strings.Join(c.Architectures, ", ")
	}
	return fault.New("task: %s is %s: it was not fine-tuned for a task", name, is).Advise("finetune train {model} %s {task} ...", name)
}
