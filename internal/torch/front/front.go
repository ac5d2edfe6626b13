// Package front lets a command read its command line, answer questions about itself, and do what needs no LibTorch, before LibTorch has
// started.
//
// LibTorch is linked, so the loader starts it before main: some thousand constructors that register its operators take several times as
// long as a command's help. The program's own first functions, which the loader calls before those of any library (ELF calls them
// preinit), start Go on a thread of its own; the first thread, with the loader's work before it, waits there until [Start].
//
// Only commands import this package: when another program starts LibTorch is that program's affair.
//
// Files: front.c (before main), front.go (when LibTorch is needed).
package front

// #include "front.h"
import "C"

import "sync"

// waiting reports whether LibTorch has not started yet.
func waiting() bool { return C.gb_front_waits() != 0 }

var once sync.Once

// Start returns once LibTorch can be used.
func Start() {
	once.Do(func() {
		if waiting() {
			C.gb_front_start()
		}
	})
}
