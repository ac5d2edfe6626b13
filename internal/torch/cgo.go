package torch

// #include "native/abi.h"
// #include <stdlib.h>
import "C"

import (
	"unsafe"

	"github.com/sugarme/gotch/libtch"

	_ "gobert/internal/torch/cuda/functions" // BERT's building blocks on a card
	_ "gobert/internal/torch/int8"           // products of eight-bit integers
	_ "gobert/internal/torch/kernels"        // BERT's building blocks
	_ "gobert/internal/torch/native"         // the C++ behind abi.h
)

// handle is an at::Tensor*, the same pointer on gotch's side and on ours.
type handle = unsafe.Pointer

// fail raises the typed error for a message that came from C++, and frees the message.
func fail(op string, message C.gb_error, operands ...*Tensor) {
	text := C.GoString(message)
	C.free(unsafe.Pointer(message))
	panic(newError(op, text, operands))
}

// check raises the typed error when a call of ours returned a message.
func check(op string, message C.gb_error, operands ...*Tensor) {
	if message != nil {
		fail(op, message, operands...)
	}
}

// lastError fetches the message that gotch left for this thread.
func lastError() string {
	message := libtch.GetAndResetLastErr()
	if message == nil {
		return "LibTorch gave no result and no message"
	}
	text := C.GoString((*C.char)(unsafe.Pointer(message)))
	C.free(unsafe.Pointer(message))
	return text
}

// newCell allocates a result cell in C memory; the executor keeps it for the life of the process.
func newCell() *libtch.Ctensor {
	return (*libtch.Ctensor)(C.calloc(1, C.size_t(unsafe.Sizeof(handle(nil)))))
}
