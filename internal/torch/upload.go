package torch

// #include "native/abi.h"
import "C"

import (
	"slices"
	"unsafe"
)

// partAlignment is where the parts of a block may begin, in bytes: any type, and whole words of a kernel's loads.
const partAlignment = 64

// upload is what passes on a GPU were handed and nothing has read yet. The first reader sends all of it, in one block of
// page-locked memory and one copy that nobody waits for: a batch's ids, offsets, rows and labels are handed over before the
// network reads the first of them, and cost one copy together.
type upload struct {
	device Device
	data   []byte // of all parts; the memory serves the next block again
	parts  []part
	into   *Graphs // takes the next block; nil where nothing is recorded

	depends []int64 // what else launches depend on: see [Pass.Depends]
}

// part is a tensor that has no memory on the device yet.
type part struct {
	tensor *Tensor
	offset int64 // in bytes
	dtype  DType
	shape  []int64
}

// add gives the pass a tensor that waits. The data is copied here and now: its owner may go on with the slice.
func (u *upload) add(p *Pass, data []byte, dtype DType, shape []int64) *Tensor {
	if len(u.parts) > 0 && u.device != p.Device {
		u.send()
	}
	u.device = p.Device
	for len(u.data)%partAlignment != 0 {
		u.data = append(u.data, 0)
	}
	t := p.own(nil)
	u.parts = append(u.parts, part{t, int64(len(u.data)), dtype, slices.Clone(shape)})
	u.data = append(u.data, data...)
	return t
}

// holds says whether a tensor waits.
func (u *upload) holds(t *Tensor) bool {
	return slices.ContainsFunc(u.parts, func(x part) bool { return x.tensor == t })
}

// drop forgets a tensor that nobody has read.
func (u *upload) drop(t *Tensor) {
	u.parts = slices.DeleteFunc(u.parts, func(x part) bool { return x.tensor == t })
	if len(u.parts) == 0 {
		u.data = u.data[:0]
	}
}

// send brings everything that waits to the device.
func (u *upload) send() {
	parts, data := u.parts, u.data
	u.parts, u.data = u.parts[:0], u.data[:0]
	defer func() { u.depends = u.depends[:0] }()
	if u.into != nil {
		u.into.take(u, parts, data)
		return
	}
	u.fresh(parts, data)
}

// fresh brings parts to memory of their own.
func (u *upload) fresh(parts []part, data []byte) {
	out, where := places(parts)
	check("upload", C.gb_upload(&out[0], &where[0], C.size_t(len(parts)), unsafe.Pointer(unsafe.SliceData(data)), C.size_t(len(data)), C.int(u.device.Index())))
	attach(parts, out)
}

// places describes parts to C, and has room for their handles.
func places(parts []part) ([]C.gb_tensor, []C.gb_part) {
	where := make([]C.gb_part, len(parts))
	for i, x := range parts {
		where[i] = C.gb_part{offset: C.int64_t(x.offset), dtype: C.int(x.dtype), dims: C.int(len(x.shape))}
		for d, n := range x.shape {
			where[i].shape[d] = C.int64_t(n)
		}
	}
	return make([]C.gb_tensor, len(parts)), where
}

// attach gives tensors their handles.
func attach(parts []part, handles []C.gb_tensor) {
	for i, x := range parts {
		x.tensor.h = handle(handles[i])
	}
}

// arrive gives a tensor that waits its memory on the device; any other that has none was freed.
func (t *Tensor) arrive() {
	if t.Quantized() {
		Throw("use", "a matrix of eight-bit integers can be multiplied by and looked up in, on the CPU: nothing else is done with it")
	}
	if t == nil || !lane.upload.holds(t) {
		Throw("use", "a tensor that was freed, or whose pass is closed, was used")
	}
	lane.upload.send()
}

// bytesOf are the bytes of a slice.
func bytesOf[T Element](data []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*dtypeOf[T]().Size())
}
