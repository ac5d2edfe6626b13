package torch

// #include "native/abi.h"
// #include "native/profile.h"
// #include <stdlib.h>
import "C"

import "unsafe"

// Profile runs f and writes what LibTorch did meanwhile to a file, in Chrome's format for traces (perfetto.dev opens it): every
// operator, and on a GPU every kernel and copy, with its time. It is called on the LibTorch thread (inside [Run]).
func Profile(file string, d Device, f func()) {
	onLane("profile")
	check("profile", C.gb_profile_begin(C.bool(d.IsCUDA())))
	f()
	check("synchronize", C.gb_synchronize(C.int(d.Index())))
	name := C.CString(file)
	defer C.free(unsafe.Pointer(name))
	check("profile", C.gb_profile_end(name))
}
