package torch

// #include "native/abi.h"
import "C"

import (
	"runtime/cgo"
	"sync/atomic"
	"unsafe"

	"github.com/sugarme/gotch/libtch"
)

// Mode says how a pass computes.
type Mode struct {
	Train   bool   // dropout is active
	Grad    bool   // operations are recorded for a backward pass
	Compute DType  // type of activations and matrix products; 0 means Float32
	Device  Device // where new tensors go; the zero value is the CPU
	Seed    uint64 // of the counter-based dropout masks
	Step    uint64 // changes the masks from step to step

	Many     bool // one of many passes, over batches of different sizes: numbers of rows may be rounded up (see [Sequences])
	Recorded bool // launches are recorded to be done again, for sizes that come again: see [Graphs]

	// Reached, unless nil, is called in the backward pass, on its thread, when the gradients of a layer, and of all layers behind it, are whole:
	// one that [Pass.Enter] was told of, and that does not begin with what has no gradient.
	Reached func(layer int)

	LossScale *Tensor // fp32 scalar on a GPU: what flows into the loss is multiplied by it as well; nil for 1
}

// A Pass owns one trip through a network: it holds every tensor made in it and frees them all, at once, when it closes.
// It belongs to the LibTorch thread; using it from two goroutines at a time is detected and raised as a fault.
type Pass struct {
	Mode
	parent *Pass
	inUse  atomic.Bool
	closed bool

	owned []*Tensor       // everything to free
	slab  []Tensor        // room for the next handles
	cell  *libtch.Ctensor // where C++ writes a result; C memory, so that cgo need not look for Go pointers in it

	op       string
	operands [3]*Tensor

	site       uint64       // number of dropout masks drawn so far
	handles    []cgo.Handle // of what the backward pass calls for
	trips      map[int]int  // by layer: see entered
	gradBefore C.bool
}

// current is the innermost open pass; only the LibTorch thread touches it.
var current *Pass

// slabSize handles are allocated at a time: small enough for one inference, large enough to vanish from profiles.
const slabSize = 64

// Do runs f in a new pass on the LibTorch thread and closes the pass whatever happens. Tensors to be kept must leave it
// through [Pass.Keep] or be copied to Go slices.
func Do(mode Mode, f func(p *Pass) error) error {
	return Run(func() error {
		p := Begin(mode)
		defer p.Close()
		return f(p)
	})
}

// Begin opens a pass. It must be called on the LibTorch thread (inside [Run]) and closed in reverse order of opening.
func Begin(mode Mode) *Pass {
	onLane("begin")
	if mode.Compute == 0 || mode.Compute == Int8 { // products of bytes give, and take, fp32
		mode.Compute = Float32
	}
	p := &Pass{Mode: mode, parent: current, cell: lane.cell}
	C.gb_grad_mode(C.bool(mode.Grad), &p.gradBefore)
	current = p
	return p
}

// Close frees every tensor of the pass and restores the modes found at its beginning. Closing twice does nothing.
func (p *Pass) Close() {
	if p == nil || p.closed {
		return
	}
	onLane("close")
	if current != p {
		Throw("close", "passes must be closed in reverse order of opening")
	}
	p.free(0)
	for _, h := range p.handles {
		h.Delete()
	}
	var ignored C.bool
	C.gb_grad_mode(p.gradBefore, &ignored)
	current, p.closed = p.parent, true
}

// Mark remembers how many tensors the pass owns, for [Pass.Release].
func (p *Pass) Mark() int { return len(p.owned) }

// Release frees what the pass has made since mark, but for the tensors in keep. Long loops inside one pass use it.
func (p *Pass) Release(mark int, keep ...*Tensor) {
	for _, t := range keep {
		p.Keep(t)
	}
	p.free(mark)
	for _, t := range keep {
		p.Adopt(t)
	}
}

func (p *Pass) free(from int) {
	handles := make([]C.gb_tensor, 0, len(p.owned)-from)
	for _, t := range p.owned[from:] {
		if t.h != nil && t.pass == p {
			handles = append(handles, C.gb_tensor(t.h))
			t.h, t.pass = nil, nil
		} else if t.h == nil {
			lane.upload.drop(t)
		}
	}
	clear(p.owned[from:])
	p.owned = p.owned[:from]
	if len(handles) > 0 {
		C.gb_free_all(&handles[0], C.size_t(len(handles)))
	}
}

// Keep takes t out of the pass: from now on the caller owns it and must [Tensor.Free] it.
func (p *Pass) Keep(t *Tensor) *Tensor {
	if lane.upload.holds(t) {
		lane.upload.send()
	}
	if t.pass == p {
		t.pass = nil
	}
	return t
}

// Adopt gives a tensor that the caller owns to the pass.
func (p *Pass) Adopt(t *Tensor) *Tensor {
	if t.pass == nil && t.h != nil {
		t.pass = p
		p.owned = append(p.owned, t)
	}
	return t
}

// stepShift is where the step begins in a site.
const stepShift = 20

// NextSite numbers the dropout masks of a pass, so that each is drawn independently of the others and of other steps.
func (p *Pass) NextSite() uint64 {
	p.site++
	return p.Step<<stepShift | p.site
}

// begin opens one operator: it checks for misuse and remembers the operands for the error message.
func (p *Pass) begin(op string, a, b, c *Tensor) {
	if p.closed {
		Throw(op, "the pass is closed")
	}
	if !p.inUse.CompareAndSwap(false, true) {
		Throw(op, "the pass is used by two goroutines at once")
	}
	p.op, p.operands[0], p.operands[1], p.operands[2] = op, a, b, c
	*p.cell = nil
}

// end closes an operator of gotch's layer: no result means that an exception waits to be fetched.
func (p *Pass) end() *Tensor {
	h := handle(*p.cell)
	p.inUse.Store(false)
	if h == nil {
		p.raise(lastError())
	}
	return p.own(h)
}

// finish closes an operator of our own layer, which returns its message.
func (p *Pass) finish(message C.gb_error) {
	p.inUse.Store(false)
	if message != nil {
		fail(p.op, message, p.operands[:]...)
	}
}

//go:noinline
func (p *Pass) raise(message string) {
	panic(newError(p.op, message, p.operands[:]))
}

func (p *Pass) own(h handle) *Tensor {
	if len(p.slab) == 0 {
		p.slab = make([]Tensor, slabSize)
	}
	t := &p.slab[0]
	p.slab = p.slab[1:]
	t.h, t.pass = h, p
	p.owned = append(p.owned, t)
	return t
}

// out is where our own layer writes a result.
func (p *Pass) out() *C.gb_tensor { return (*C.gb_tensor)(unsafe.Pointer(p.cell)) }

// take owns the result that our own layer wrote.
func (p *Pass) take(message C.gb_error) *Tensor {
	p.finish(message)
	return p.own(handle(*p.cell))
}
