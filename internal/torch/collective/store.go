package collective

// #include "../native/collective.h"
// #include <stdlib.h>
import "C"

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unsafe"

	_ "gobert/internal/torch/native" // the C++ behind collective.h
)

// store is one connection to what all ranks read and write. Calls from several goroutines wait for each other, and none is given up: one
// that must not be held up by a silent store is made on a goroutine that is left behind.
type store struct{ s C.gb_store }

// failed makes an error of a message that came from C++, and frees the message.
func failed(message C.gb_error) error {
	if message == nil {
		return nil
	}
	text, _, _ := strings.Cut(C.GoString(message), "\nException raised from")
	C.free(unsafe.Pointer(message))
	return errors.New(strings.TrimSpace(sourceLine.ReplaceAllString(text, "")))
}

// sourceLine is how Gloo begins a message.
var sourceLine = regexp.MustCompile(`^\[[^ \]]*\.(?:cc|h):\d+\] `)

// newStore connects to the store at host and port, or keeps it at a listener (which it takes over) where that is not negative.
func newStore(host string, port, listener int, prefix string, timeout time.Duration) (*store, error) {
	h, p := C.CString(host), C.CString(prefix)
	defer C.free(unsafe.Pointer(h))
	defer C.free(unsafe.Pointer(p))
	s := &store{}
	err := failed(C.gb_new_store(&s.s, h, C.int(port), C.int(listener), p, C.int64_t(timeout.Milliseconds())))
	return s, err
}

func (s *store) set(key, value string) error {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	return failed(C.gb_store_set(s.s, k, unsafe.Pointer(unsafe.StringData(value)), C.size_t(len(value))))
}

// get gives "" for a key that nobody has set.
func (s *store) get(key string) (string, error) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	var value *C.char
	var n C.size_t
	err := failed(C.gb_store_get(s.s, k, &value, &n))
	return text(value, n), err
}

// add adds to a number, which begins with 0, and gives the sum.
func (s *store) add(key string, delta int) (int, error) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	var sum C.int64_t
	err := failed(C.gb_store_add(s.s, k, C.int64_t(delta), &sum))
	return int(sum), err
}

// claim sets a key that nobody has set, and gives what it holds then: ours, or that of whoever came first.
func (s *store) claim(key, value string) (string, error) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	var held *C.char
	var n C.size_t
	err := failed(C.gb_store_claim(s.s, k, unsafe.Pointer(unsafe.StringData(value)), C.size_t(len(value)), &held, &n))
	return text(held, n), err
}

// free closes the connection, and ends the store where this process keeps it by this connection.
func (s *store) free() {
	if s != nil && s.s != nil {
		C.gb_free_store(s.s)
		s.s = nil
	}
}

// text takes bytes that C++ has allocated.
func text(value *C.char, n C.size_t) string {
	defer C.free(unsafe.Pointer(value))
	return C.GoStringN(value, C.int(n))
}

// of is the key of a rank.
func of(name string, rank int) string { return name + "/" + strconv.Itoa(rank) }
