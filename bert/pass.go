package bert

import "gobert/internal/torch"

// Mode says how a pass computes. The zero value is a forward pass without dropout, in fp32 on the CPU; [Model.Mode] fits a
// loaded model.
type Mode = torch.Mode

// Do runs f in a new pass and closes the pass, whatever happens: every tensor made in it is freed then. What is to last is
// copied to Go memory by [Values]. It is the door to heads for programs outside this module:
//
//	err := bert.Do(m.Mode(), func(p *bert.Pass) error {
//		in, err := m.Config.Pack(p, packing)
//		if err != nil {
//			return err
//		}
//		logits = bert.Values[float32](classifier.Logits(p, in))
//		return nil
//	})
func Do(mode Mode, f func(p *Pass) error) error { return torch.Do(mode, f) }

// From copies a slice into a new tensor of the pass, on the pass's device.
func From[T torch.Element](p *Pass, data []T, shape ...int64) *Tensor {
	return torch.From(p, data, shape...)
}

// Values gives all elements of a tensor in row-major order in a new slice, converted to T and from the device when needed.
func Values[T torch.Element](t *Tensor) []T { return torch.Values[T](t) }

// Mode is how a forward pass runs on the device and in the type that the model was loaded with.
func (m *Model) Mode() Mode { return m.mode() }
