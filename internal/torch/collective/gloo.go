package collective

// #include "../native/collective.h"
// #include <stdlib.h>
import "C"

import (
	"fmt"
	"time"
	"unsafe"

	"gobert/internal/torch"
)

// gloo is the link over TCP that LibTorch has on every machine.
type gloo struct{ g C.gb_group }

// newGloo connects every rank with every other, by way of the store. Each is reached at the address that it names; "" leaves it to the
// variable GLOO_SOCKET_IFNAME.
func newGloo(s *store, rank, size int, address string, patience time.Duration) (Link, error) {
	a := C.CString(address)
	defer C.free(unsafe.Pointer(a))
	g := &gloo{}
	if err := failed(C.gb_new_group(&g.g, s.s, C.int(rank), C.int(size), a, C.int64_t(patience.Milliseconds()))); err != nil {
		return nil, err
	}
	return g, nil
}

func (g *gloo) Exchange(peer, tag int, out, in Block) (Work, error) {
	w := &glooWork{}
	err := failed(C.gb_exchange(&w.w, g.g, C.int(peer), C.int(tag), out.handle(), C.int64_t(out.At), C.int64_t(out.N),
		in.handle(), C.int64_t(in.At), C.int64_t(in.N)))
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (g *gloo) Free() { C.gb_free_group(g.g) }

func (b Block) handle() C.gb_tensor {
	if b.N == 0 {
		return nil
	}
	return C.gb_tensor(b.Tensor.Handle())
}

type glooWork struct{ w C.gb_work }

func (w *glooWork) Wait() error {
	var whole C.bool
	if err := failed(C.gb_wait_for_work(w.w, &whole)); err != nil {
		return err
	}
	if !whole {
		return fmt.Errorf("it was given up")
	}
	return nil
}

func (w *glooWork) Abort() { C.gb_abort_work(w.w) }

func (w *glooWork) Free() { C.gb_free_work(w.w) }

// addBlock adds a received block to a part of a flat fp32 tensor of the host's memory, on the caller's thread; first says that what was
// received is the left operand.
func addBlock(sums *torch.Tensor, at int64, received *torch.Tensor, n int64, first bool) error {
	return failed(C.gb_add_block(C.gb_tensor(sums.Handle()), C.int64_t(at), C.gb_tensor(received.Handle()), C.int64_t(n), C.bool(first)))
}
