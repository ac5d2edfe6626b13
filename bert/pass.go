package bert

import "gobert/internal/torch"

// What callers need of LibTorch that stay on the device: a pass, its tensors, and what these are made of and lie on.
type (
	Pass    = torch.Pass
	Tensor  = torch.Tensor
	DType   = torch.DType
	Element = torch.Element // types of Go whose slices become tensors
	Device  = torch.Device
	GPU     = torch.GPU  // what a CUDA device is, and its memory
	Card    = torch.Card // which one it is
	Stream  = torch.Stream
	Event   = torch.Event

	Sequences   = torch.Sequences  // where those of a packed batch begin
	Picked      = torch.Picked     // some rows of one
	Weight      = torch.Weight     // of Pass.Linear and what begins with it
	Reordered   = torch.Reordered  // a copy of one
	NormWeights = torch.LayerNorm  // of Pass.DropoutAddNorm
	EmbedInput  = torch.EmbedInput // of Pass.Embed
	Block       = torch.Block      // of Pass.Blocks
	LowRank     = torch.LowRank    // of Weight.Low, in an Addition
	Addition    = torch.Addition   // of Weight.Low
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

// Mode is how a forward pass without training runs: on the device and in the type of the model's parameters. It is the zero value
// where these hold nothing, as after [Model.Close]; a pass says so.
func (m *Model) Mode() (mode Mode) {
	_ = torch.Run(func() error { // what is read here may be freed by another goroutine's Close meanwhile
		w := m.Layers[0].MLP.Up.Weight.Compute
		mode = Mode{Device: w.Device(), Compute: w.DType()}
		return nil
	})
	return mode
}
