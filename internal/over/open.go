package over

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/internal/fault"
	"gobert/internal/torch"
	"gobert/pipeline"
	"gobert/task"
)

// Open opens an adapter, a folder in PEFT's format, over a base. The base must stay open for as long, and be used by passes only. warn is
// told of an adapter that was made for another base.
func Open(ctx context.Context, folder string, base *pipeline.Pipeline, warn func(message string)) (*pipeline.Pipeline, error) {
	below := base.Model.Network.Encoder()
	if err := below.Reorder(); err != nil {
		return nil, err
	}
	var n network
	m, err := task.Open(ctx, folder, task.Options{
		Base: base.Model, Ready: true, Warn: warn,
		Over: func(own bert.Network) error { n = network{own, below}; return n.borrow(base.Model.Network) },
		Network: func(c *bert.Checkpoint) (bert.Network, error) {
			if task.For(c.Config) != nil {
				return nil, nil
			}
			return bert.New(c.Config, false)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%s over %s: %w", folder, base.Model.Folder, err)
	}
	if err := n.settle(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s over %s: %w", folder, base.Model.Folder, err), m.Close())
	}
	if made := m.Adapter.Base; warn != nil && !same(made, base.Model) {
		warn(fmt.Sprintf("%s was made for %s, and is used over %s", folder, made, base.Model.Folder))
	}
	p, err := base.Beside(m)
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return p, nil
}

// same says whether a base's name means a model.
func same(name string, base *task.Model) bool {
	a, err := os.Stat(name)
	if err != nil {
		return name == base.Folder
	}
	b, err := os.Stat(base.Path)
	return err == nil && os.SameFile(a, b)
}

// network is one over a base.
type network struct {
	bert.Network
	base *bert.Model
}

// anotherBase is the advice where shapes do not fit.
const anotherBase = "the adapter was made for another model"

// borrow gives the network the base's parameters.
func (n network) borrow(base bert.Network) error {
	own := n.Encoder()
	if a, b := own.Config, n.base.Config; a.NumHeads != b.NumHeads || a.Activation != b.Activation || a.LayerNormEps != b.LayerNormEps {
		return fault.New("over: %d heads, %s and a layer_norm_eps of %v, over a base with %d heads, %s and %v", a.NumHeads, a.Activation, a.LayerNormEps,
			b.NumHeads, b.Activation, b.LayerNormEps).Advise(anotherBase)
	}
	bare := func(name string) string { return strings.TrimPrefix(name, bert.Prefix+".") }
	theirs := map[string]*bert.Parameter{}
	for _, p := range bert.Parameters(base) {
		theirs[bare(p.Name)] = p
	}
	inside := func(name string) bool {
		return strings.HasPrefix(name, "embeddings.") || strings.HasPrefix(name, "encoder.") || strings.HasPrefix(name, "pooler.")
	}
	for _, p := range bert.Parameters(n.Network) {
		name := bare(p.Name)
		their, ok := theirs[name]
		switch {
		case !inside(name) || !ok: // the head's, or a pooler's
		case !slices.Equal(p.Shape, their.Shape):
			return fault.New("over: %s has the shape %v, and %v in the base", name, p.Shape, their.Shape).Advise(anotherBase)
		default:
			p.Borrow(their)
			delete(theirs, name)
		}
	}
	for name := range theirs {
		if inside(name) && !strings.HasPrefix(name, "pooler.") {
			return fault.New("over: the base has %s, for which there is no place over it", name).Advise(anotherBase)
		}
	}
	n.standIn()
	return nil
}

// settle brings what the network has of its own to where the base computes. A parameter without a value is an error.
func (n network) settle() error {
	mode := n.base.Mode()
	return torch.Run(func() error {
		for _, p := range bert.Parameters(n.Network) {
			switch {
			case p.Borrowed():
			case !p.Value.Valid():
				return fault.New("over: %s has no value in the adapter, nor in its base", p.Name).Advise("the head must be among what the adapter saves: modules_to_save")
			default:
				if mode.Device.IsCUDA() {
					host := p.Value
					p.Value = host.To(torch.Float32, mode.Device)
					p.Compute = p.Value
					host.Free()
				}
				if mode.Compute != torch.Float32 && mode.Compute != torch.Int8 {
					p.Compute = p.Value.To(mode.Compute, mode.Device)
				}
			}
		}
		pack(n.Encoder())
		n.standIn()
		return nil
	})
}
