package torch

// #include "native/recompute.h"
// #include <string.h>
import "C"

import (
	"runtime/cgo"

	"golang.org/x/sys/unix"
)

// inside is what it takes to compute f once more.
type inside struct {
	mode Mode
	site uint64
	f    func(p *Pass, x *Tensor) *Tensor
}

// Recompute is f(x), of which only x is kept for the backward pass: f runs again there, with the same dropout masks, and
// its inner activations never lie in memory for all layers at once. f must be a function of x and of parameters alone.
func (p *Pass) Recompute(x *Tensor, f func(p *Pass, x *Tensor) *Tensor) *Tensor {
	again := inside{mode: p.Mode, site: p.site, f: f}
	y := func() *Tensor {
		mode := p.Mode
		mode.Grad = false
		inner := Begin(mode)
		defer inner.Close()
		inner.site = p.site
		y := inner.Keep(f(inner, x))
		p.site = inner.site
		return y
	}()
	p.Adopt(y)
	id := cgo.NewHandle(again)
	p.handles = append(p.handles, id)
	p.begin("recompute", x, y, nil)
	return p.take(C.gb_recompute(p.out(), x.c(), y.c(), C.uintptr_t(id)))
}

//export gobert_recompute
func gobert_recompute(id C.uintptr_t, x, dy C.gb_tensor, dx *C.gb_tensor) *C.char {
	again := cgo.Handle(id).Value().(inside)
	// On CUDA the backward pass runs on a thread of LibTorch's own while ours waits for it: the lane moves there and back.
	tid := lane.tid.Swap(int64(unix.Gettid()))
	defer lane.tid.Store(tid)
	err := guard(func() error {
		mode := again.mode
		mode.Grad = true
		p := Begin(mode)
		defer p.Close()
		p.site = again.site
		input := p.Detach(&Tensor{h: handle(x)})
		input.SetRequiresGrad(true)
		p.Backward(again.f(p, input), &Tensor{h: handle(dy)})
		grad := input.Grad()
		*dx = C.gb_tensor(grad.h)
		return nil
	})
	if err != nil {
		return C.CString(err.Error())
	}
	return nil
}
