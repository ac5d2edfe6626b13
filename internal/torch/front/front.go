// Package front lets a command answer questions about itself before LibTorch has started.
//
// LibTorch is linked, so the loader starts it before main: some thousand constructors that register its operators take several
// times as long as a command's help. Its own first functions, which the loader calls before those of any library (ELF calls them
// preinit), look at the command line. Where that only asks for words, Go's main runs at once, and the constructors never do.
//
// Only commands import this package: what another program calls -h is that program's affair.
//
// Files: front.c (before main), front.go (what if LibTorch is needed after all).
package front

// #include "front.h"
import "C"

import (
	"fmt"
	"os"
	"syscall"
)

// pass is the variable that says: no question, start LibTorch.
const pass = C.GB_FRONT_PASS

// answering reports whether this process runs without the constructors.
func answering() bool { return C.gb_front_answers() != 0 }

// Start returns once LibTorch can be used. Where the command line was taken for a question and is none, the process begins anew, with
// the constructors; nothing may have been read or written by then.
func Start() error {
	if !answering() {
		return os.Unsetenv(pass)
	}
	err := syscall.Exec("/proc/self/exe", os.Args, append(os.Environ(), pass+"=1"))
	return fmt.Errorf("starting LibTorch: %w", err)
}
