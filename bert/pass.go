package bert

import "gobert/internal/torch"

// What callers need of LibTorch that stay on the device: a pass, its tensors, and what these are made of and lie on.
type (
	Pass    = torch.Pass
	Tensor  = torch.Tensor
	Offsets = torch.Offsets // where the sequences of a packed batch begin
	DType   = torch.DType
	Element = torch.Element // types of Go whose slices become tensors
	Device  = torch.Device
	GPU     = torch.GPU  // what a CUDA device is, and its memory
	Card    = torch.Card // which one it is
	Stream  = torch.Stream
	Event   = torch.Event

	EmbedInput   = torch.EmbedInput // of Pass.Embed
	PackedWeight = torch.Packed     // of Pass.PackedLinear
)

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
func From[T Element](p *Pass, data []T, shape ...int64) *Tensor {
	return torch.From(p, data, shape...)
}

// Values gives all elements of a tensor in row-major order in a new slice, converted to T and from the device when needed.
func Values[T Element](t *Tensor) []T { return torch.Values[T](t) }

// Mode is how a forward pass runs on the device and in the type that the model was loaded with.
func (m *Model) Mode() Mode { return m.mode() }
