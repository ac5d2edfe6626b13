package task

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/wordpiece"
	"gobert/heads"
	"gobert/internal/torch"
)

// OpenOptions say what to make of a model folder.
type OpenOptions struct {
	Kind    labelled.Kind        // empty: what the folder was fine-tuned for
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
}

// Open opens a model for a task: a folder or a name of the hub with a head, or without one, which is then made. A folder in
// PEFT's format is opened with the model below it.
func Open(ctx context.Context, name string, o OpenOptions) (*Model, error) {
	adapter, err := readAdapter(name)
	if err != nil {
		return nil, err
	}
	base := name
	if adapter != nil {
		base = adapter.basePath(name)
	}
	c, err := bert.Open(ctx, base, o.Tell)
	if err != nil {
		return nil, err
	}
	m, err := open(c, name, adapter, o)
	if err != nil {
		c.Close()
		return nil, err
	}
	return m, nil
}

func open(c *bert.Checkpoint, name string, adapter *adapterFile, o OpenOptions) (*Model, error) {
	folder := c.Folder
	if adapter != nil {
		folder = name
		if err := adapter.takeConfig(name, &c.Config); err != nil {
			return nil, err
		}
	}
	m := &Model{Kind: o.Kind, Folder: name}
	if own, ok := KindOf(c.Config); m.Kind == "" {
		if !ok {
			return nil, noHead(name, c.Config)
		}
		m.Kind = own
	} else if o.Ready && ok && own != m.Kind {
		return nil, fmt.Errorf("task: %s is fine-tuned for %s, not for %s", name, own, m.Kind)
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
	var err error
	if m.Tokenizer, err = OpenTokenizer(folder, c.Config, o.Warn); err != nil {
		return nil, err
	}
	if m.Network, err = newNetwork(m.Kind, c.Config); err != nil {
		return nil, err
	}
	if err := m.settleScore(folder); err != nil {
		return nil, err
	}
	if err := m.fill(c, adapter, o); err != nil {
		return nil, err
	}
	m.Labels = labelsOf(m.Kind, m.Network)
	if o.Labels != nil && m.Labels != nil {
		m.Labels = o.Labels
	}
	return m, nil
}

// OpenTokenizer opens a folder's tokenizer for a model.
func OpenTokenizer(folder string, c bert.Config, warn func(message string)) (*wordpiece.Tokenizer, error) {
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
func (m *Model) fill(c *bert.Checkpoint, adapter *adapterFile, o OpenOptions) error {
	anew := m.otherHead(c, o)
	report, err := c.FillExcept(m.Network, o.Seed, func(name string) bool { return anew && isHead(name) })
	if err != nil {
		return err
	}
	m.New = report.Initialized
	if adapter != nil {
		if err := adapter.load(m, o.Merge); err != nil {
			return err
		}
	}
	if o.Ready && len(m.New) > 0 {
		return fmt.Errorf("task: %s has no trained head: %s would be drawn at random (hint: fine-tune it first: finetune train --model %s)",
			m.Folder, strings.Join(m.New, ", "), m.Folder)
	}
	if o.Prepare != nil {
		o.Prepare(m.Network)
	}
	if o.Adapter != nil {
		if err := m.addAdapters(*o.Adapter, o.Seed); err != nil {
			return err
		}
	}
	if err := c.Settle(m.Network, bert.Options{Device: o.Device, Compute: o.Compute, Warn: o.Warn}); err != nil {
		return err
	}
	m.Device, m.Compute = torch.CPU, torch.Float32
	if o.Device != "" {
		if m.Device, err = torch.ParseDevice(o.Device); err != nil {
			return err
		}
	}
	if o.Compute != "" {
		m.Compute, err = torch.ParseCompute(o.Compute)
	}
	return err
}

// otherHead says whether the folder's head is of another task or other labels than those asked for.
func (m *Model) otherHead(c *bert.Checkpoint, o OpenOptions) bool {
	before, err := bert.ReadConfig(c.Folder)
	if err != nil {
		return true
	}
	if kind, ok := KindOf(before); !ok || kind != m.Kind {
		return ok
	}
	if o.Labels == nil || m.Kind == labelled.Span || m.Kind == labelled.Choice {
		return false
	}
	return !slices.Equal(before.Labels(), o.Labels.Names)
}

// isHead says whether a parameter belongs to the head.
func isHead(name string) bool { return !strings.HasPrefix(name, bert.Prefix+".") }

// noHead says what a model lacks, and what it is.
func noHead(name string, c bert.Config) error {
	is := "a model without a head"
	if len(c.Architectures) > 0 {
		is = "a " + strings.Join(c.Architectures, ", ")
	}
	return fmt.Errorf("task: %s is %s: it was not fine-tuned for a task (hint: finetune train --model %s --task ...)", name, is, name)
}
