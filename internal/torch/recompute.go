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
	return calledBack(func() error {
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
}

// entry is where a layer begins.
type entry struct {
	pass  *Pass
	layer int
}

// Enter notes that x goes into a layer, for [Mode.Reached].
func (p *Pass) Enter(x *Tensor, layer int) {
	if p.Reached == nil || !p.Grad {
		return
	}
	id := cgo.NewHandle(entry{p, layer})
	p.handles = append(p.handles, id)
	p.begin("enter", x, nil, nil)
	var hooked C.bool
	if p.finish(C.gb_when_reached(x.c(), C.uintptr_t(id), &hooked)); bool(hooked) {
		p.entered(layer, 1)
	}
}

// entered counts the trips through a layer whose gradients are not whole yet.
func (p *Pass) entered(layer, more int) (left int) {
	if p.trips == nil {
		p.trips = map[int]int{}
	}
	p.trips[layer] += more
	return p.trips[layer]
}

//export gobert_reached
func gobert_reached(id C.uintptr_t) *C.char {
	return calledBack(func() error {
		if e := cgo.Handle(id).Value().(entry); e.pass.entered(e.layer, -1) == 0 {
			e.pass.Reached(e.layer)
		}
		return nil
	})
}

// calledBack runs f for C++ and gives its error's text. On CUDA the backward pass runs on a thread of LibTorch's own while ours waits for it:
// the lane moves there and back.
func calledBack(f func() error) *C.char {
	tid := lane.tid.Swap(int64(unix.Gettid()))
	defer lane.tid.Store(tid)
	if err := guard(f); err != nil {
		return C.CString(err.Error())
	}
	return nil
}
