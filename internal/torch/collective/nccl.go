package collective

// #include "../native/nccl.h"
// #include <stdlib.h>
import "C"

import (
	"fmt"
	"strings"
	"unsafe"

	"gobert/internal/fault"
	"gobert/internal/torch"
)

// cards is a GPU's connection with those of all ranks, by NCCL. What it is asked for is done in its order, beside what the GPU computes, when
// the ranks concerned have asked for it, too; the host waits in settle alone.
type cards struct{ c C.gb_cards }

// findNCCL gives the version of NCCL in a library, or for "" where CUDA's are: 22809 for 2.28.9.
func findNCCL(path string) (int, error) {
	p := C.CString(path)
	defer C.free(unsafe.Pointer(p))
	var version C.int
	err := failed(C.gb_find_nccl(p, &version))
	if err != nil {
		what, hint, _ := strings.Cut(err.Error(), "\n")
		return 0, fault.New("collective: %s", what).Advise("%s", hint)
	}
	return int(version), nil
}

// newID is what a rank makes and tells all others, so that their GPUs find each other.
func newID() ([]byte, error) {
	id := make([]byte, C.GB_NCCL_ID)
	return id, failed(C.gb_nccl_id((*C.char)(unsafe.Pointer(&id[0]))))
}

// uuid is the driver's name of a GPU, which no other one has.
func uuid(d torch.Device) (string, error) {
	id := make([]byte, C.GB_UUID)
	err := failed(C.gb_card_uuid(C.int(d.Index()), (*C.uchar)(unsafe.Pointer(&id[0]))))
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]), err
}

func newCards(d torch.Device) (*cards, error) {
	c := &cards{}
	return c, failed(C.gb_new_cards(&c.c, C.int(d.Index())))
}

func (c *cards) join(id []byte, rank, size int) error {
	var whole C.bool
	if len(id) != C.GB_NCCL_ID {
		return fmt.Errorf("the name to meet by has %d bytes, expected %d", len(id), C.GB_NCCL_ID)
	}
	return given(failed(C.gb_join_cards(c.c, (*C.char)(unsafe.Pointer(&id[0])), C.int(rank), C.int(size), &whole)), whole)
}

// follow puts what is asked for later behind all that the caller's stream was asked for so far.
func (c *cards) follow() error { return failed(C.gb_cards_follow(c.c)) }

func (c *cards) exchange(peer int, out, in Block) error {
	return failed(C.gb_cards_exchange(c.c, C.int(peer), out.handle(), C.int64_t(out.At), C.int64_t(out.N), in.handle(), C.int64_t(in.At), C.int64_t(in.N)))
}

// add is [addBlock] on the device.
func (c *cards) add(sums *torch.Tensor, at int64, received *torch.Tensor, n int64, first bool) error {
	return failed(C.gb_cards_add(c.c, C.gb_tensor(sums.Handle()), C.int64_t(at), C.gb_tensor(received.Handle()), C.int64_t(n), C.bool(first)))
}

// settle waits until all of it is done.
func (c *cards) settle() error {
	var whole C.bool
	return given(failed(C.gb_settle_cards(c.c, &whole)), whole)
}

func given(err error, whole C.bool) error {
	if err == nil && !whole {
		err = errGivenUp
	}
	return err
}

// Abort makes whoever waits return, now or later. Together with Wait and Free the connection is a [Work] to be given up.
func (c *cards) Abort() { C.gb_abort_cards(c.c) }

// Wait returns at once: settle is what waits.
func (c *cards) Wait() error { return nil }

// Free does nothing: a work is one of many.
func (c *cards) Free() {}

func (c *cards) free() {
	if c != nil {
		C.gb_free_cards(c.c)
	}
}
