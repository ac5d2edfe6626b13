package train

import (
	"gobert/bert"
	"gobert/internal/torch"
)

// A snapshot is weights and moments as they are after one step, in the host's memory, where they are written from. Of a CUDA
// device they are copied into pinned memory, on a stream of their own, while the next steps are computed; on the CPU they are
// those of the run, which waits: a copy would cost two thirds of what a run holds, and a processor that writes does not compute.
type snapshot struct {
	values, m, v *torch.Tensor // fp32 [P]

	stream        *torch.Stream // nil on the CPU
	ready, copied *torch.Event  // the step is computed; all of it is copied
	step          int64
	copying       bool // the next update must wait for the copies, on the device
}

// take begins to copy, unless it has this step already. It runs on the LibTorch thread.
func (s *snapshot) take(store *bert.Store, o *Optimizer, step int64) {
	m, v := o.M, o.V
	if len(o.whole) > 0 {
		m, v = o.whole[0], o.whole[1]
	}
	if !store.Device.IsCUDA() {
		s.values, s.m, s.v = store.Values, m, v
		return
	}
	if s.stream == nil {
		s.stream, s.ready, s.copied = store.Device.NewStream(), store.Device.NewEvent(), store.Device.NewEvent()
		for _, t := range []**torch.Tensor{&s.values, &s.m, &s.v} {
			*t = torch.PinnedOrNot(torch.Float32, store.Values.Numel())
		}
	}
	s.ready.Record()
	s.stream.Queue(func() {
		s.ready.Block()
		s.values.CopyFrom(store.Values, true)
		if m.Numel() == s.m.Numel() { // a team's model alone is written without them
			s.m.CopyFrom(m, true)
			s.v.CopyFrom(v, true)
		}
		s.copied.Record()
	})
	s.step, s.copying = step, true
}

// guard goes before whatever changes weights or moments: it makes the device wait until they are copied, not the host.
func (s *snapshot) guard() {
	if s.copying {
		s.copied.Block()
		s.copying = false
	}
}

// wait makes its caller, any goroutine, wait until all is copied.
func (s *snapshot) wait() error {
	if s.copied == nil {
		return nil
	}
	return s.copied.Wait()
}

func (s *snapshot) free() {
	if s.stream != nil {
		torch.FreeAll([]*torch.Tensor{s.values, s.m, s.v})
		s.ready.Free()
		s.copied.Free()
	}
}

// slicesOf finds each parameter's bytes in one of the flat tensors.
func slicesOf(parameters []*bert.Parameter, flat *torch.Tensor) func(p *bert.Parameter) []byte {
	memory := flat.Memory()
	bytes := make(map[*bert.Parameter][]byte, len(parameters))
	for _, p := range parameters {
		size := 4 * p.Numel()
		bytes[p], memory = memory[:size], memory[size:]
	}
	return func(p *bert.Parameter) []byte { return bytes[p] }
}
