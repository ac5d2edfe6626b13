package bert

import (
	"context"
	"errors"

	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Options say where and how a loaded model computes. The zero value is the CPU in fp32.
type Options struct {
	Device    string // "cpu", "cuda", "cuda:N" or "auto"; empty means cpu
	Compute   string // "fp32", "bf16", "fp16", "int8", or "auto": bf16 where the device multiplies it; empty means fp32, or the int8 of a folder that holds it
	Positions int    // more positions than the checkpoint's, by interpolation; 0 keeps its own
	Layers    int    // the first so many layers alone; 0 takes all
	Seed      uint64 // for parameters that the checkpoint lacks
	Progress  Progress

	// Warn is told of loaded weights that are NaN or infinite. Looking for them reads all weights once; nil does not look.
	Warn func(message string)
}

// Load opens a model (see [Open] for what a name may be) and gives its encoder, ready for [Model.Encode]:
//
//	m, err := bert.Load(ctx, "google-bert/bert-base-uncased", bert.Options{})
//	if err != nil {
//		return err
//	}
//	defer m.Close()
//
// On the CPU in fp32 the weights stay in the mapped file: loading costs no time and no memory until they are touched.
func Load(ctx context.Context, name string, o Options) (*Model, error) {
	c, err := Open(ctx, name, o.Progress)
	if err != nil {
		return nil, err
	}
	c.Stretch(o.Positions)
	if err := c.TakeLayers(o.Layers); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	m, err := New(c.Config, c.Has("pooler.dense.weight"))
	if err != nil {
		c.Close()
		return nil, err
	}
	if _, err := c.Place(m, o); err != nil {
		return nil, err
	}
	return m, nil
}

// Place fills a network from the checkpoint and moves it to where the options say. The network owns the checkpoint from
// then on; after an error it is closed.
func (c *Checkpoint) Place(n Network, o Options) (Report, error) {
	report, err := c.Fill(n, o.Seed, nil)
	if err != nil {
		return Report{}, errors.Join(err, c.Close())
	}
	if err := c.Settle(n, o); err != nil {
		return report, errors.Join(err, n.Encoder().Close())
	}
	return report, nil
}

// Settle moves a network that [Checkpoint.Fill] filled to where the options say, as [Checkpoint.Place] does.
func (c *Checkpoint) Settle(n Network, o Options) error {
	m := n.Encoder()
	m.checkpoint, m.filled = c, n
	device, compute, err := o.parse()
	if err != nil {
		return err
	}
	if err := c.warnNotFinite(n, o.Warn); err != nil {
		return err
	}
	switch whole := o.Compute == "" || o.Compute == "auto"; {
	case compute == torch.Int8, c.Quantized() && whole && !device.IsCUDA():
		return c.quantize(n)
	case c.Quantized():
		return fault.New("bert: the weights of %s are int8, which can be used on the CPU, and neither be trained nor computed with in other types or on a GPU", c.Folder).
			Advise("{compute} int8 uses them; for all else take the model that they were made from")
	case !device.IsCUDA() && compute == torch.Float32:
		return nil
	}
	return torch.Run(func() error {
		m.move(n, device, compute)
		return m.unmap()
	})
}

// move brings all parameters of a network into flat memory on a device, and frees what they lay in before.
func (m *Model) move(n Network, device torch.Device, compute torch.DType) {
	before := m.store
	m.store = NewStore(n, device)
	m.store.UseCompute(compute)
	if before != nil {
		before.freeMemory()
	}
}

// moveAgain is for a network of which some parameters have come or changed beside the flat memory, if there is one.
func (m *Model) moveAgain(n Network) {
	if m.store != nil {
		m.move(n, m.store.Device, m.store.dtype())
	}
}

func (o Options) parse() (torch.Device, torch.DType, error) {
	device, compute := torch.CPU, torch.Float32
	var err error
	if o.Device != "" {
		if device, err = torch.ParseDevice(o.Device); err != nil {
			return device, compute, err
		}
	}
	if o.Compute != "" {
		compute, err = torch.ParseComputeOn(device, o.Compute)
	}
	return device, compute, err
}

// Flatten moves a network into flat memory on a device, for training. A mapped checkpoint is closed.
func Flatten(n Network, device torch.Device) (*Store, error) {
	m := n.Encoder()
	err := torch.Run(func() error {
		m.mustBeOpen("flatten")
		if m.Mode().Compute == torch.Int8 {
			return fault.New("bert: the weights are int8, which are used and not trained").Advise("train the model that they were made from, then quantize")
		}
		m.unreorder()
		if m.store == nil || m.store.Device != device || !m.store.holds(n) {
			m.move(n, device, torch.Float32)
		}
		return m.unmap()
	})
	return m.store, err
}

// Close releases the memory and the files of a loaded model. Closing again does nothing; a pass after it is an error.
func (m *Model) Close() error {
	return torch.Run(func() error {
		m.unreorder()
		m.closed = true
		if m.store != nil {
			m.store.Free()
			m.store = nil
		}
		if m.filled != nil { // what is in no store: handles over the mapped file, and copies of what that holds in another form
			for _, p := range Parameters(m.filled) {
				p.free()
			}
			m.filled = nil
		}
		return m.unmap()
	})
}

// mustBeOpen refuses a closed model, whose weights are no memory of ours.
func (m *Model) mustBeOpen(op string) {
	if m.closed {
		torch.Throw(op, "the model is closed")
	}
}

// unmap closes the checkpoint's files, which no parameter lies in any more.
func (m *Model) unmap() error {
	c := m.checkpoint
	if c == nil {
		return nil
	}
	m.checkpoint = nil
	torch.Settle()
	return c.Close()
}
