package cuda

// #cgo CXXFLAGS: -std=c++17 -O2 -Wall
// #cgo LDFLAGS: -ldl -lstdc++
// #include "nvrtc.h"
// #include <stdlib.h>
import "C"

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"
)

// A compiler is a loaded NVRTC. It may be used from several goroutines.
type compiler struct {
	nvrtc *C.gb_nvrtc
	// Version is NVRTC's, such as 13.0.
	Version string
}

// nvrtcNames are the libraries that can be used, the best first.
var nvrtcNames = []string{"libnvrtc.so.13", "libnvrtc.so.12"}

// openCompiler loads NVRTC from the first of the folders that has it, or from where the system finds libraries.
func openCompiler(folders ...string) (*compiler, error) {
	var paths []string
	for _, folder := range folders {
		for _, name := range nvrtcNames {
			if path := filepath.Join(folder, name); folder != "" && exists(path) {
				paths = append(paths, path)
			}
		}
	}
	paths = append(paths, nvrtcNames...)
	var why []error
	for _, path := range paths {
		c, err := openNVRTC(path)
		if err == nil {
			return c, nil
		}
		why = append(why, err)
	}
	return nil, fmt.Errorf("NVRTC does not load: %w", why[0])
}

func openNVRTC(path string) (*compiler, error) {
	library := C.CString(path)
	defer C.free(unsafe.Pointer(library))
	var builtins, complaint *C.char
	if beside, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "libnvrtc-builtins.so.*")); len(beside) > 0 && filepath.IsAbs(path) {
		builtins = C.CString(beside[0])
		defer C.free(unsafe.Pointer(builtins))
	}
	nvrtc := C.gb_nvrtc_open(library, builtins, &complaint)
	if nvrtc == nil {
		defer C.free(unsafe.Pointer(complaint))
		return nil, errors.New(C.GoString(complaint))
	}
	var major, minor C.int
	if code := C.gb_nvrtc_version(nvrtc, &major, &minor); code != 0 {
		return nil, fmt.Errorf("%s does not tell its version (%d)", path, int(code))
	}
	return &compiler{nvrtc: nvrtc, Version: fmt.Sprintf("%d.%d", int(major), int(minor))}, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Compile turns a text into a cubin.
func (c *compiler) Compile(name, text string, options []string) ([]byte, error) {
	source, title := C.CString(text), C.CString(name)
	defer C.free(unsafe.Pointer(source))
	defer C.free(unsafe.Pointer(title))
	// The array of options lies in C memory: cgo forbids pointers to pointers of Go.
	array := (*[1 << 10]*C.char)(C.calloc(C.size_t(len(options)+1), C.size_t(unsafe.Sizeof(uintptr(0)))))
	defer C.free(unsafe.Pointer(array))
	for i, option := range options {
		array[i] = C.CString(option)
		defer C.free(unsafe.Pointer(array[i]))
	}
	var cubin unsafe.Pointer
	var size C.size_t
	var log *C.char
	code := C.gb_nvrtc_compile(c.nvrtc, source, title, &array[0], C.int(len(options)), &cubin, &size, &log)
	defer C.free(cubin)
	defer C.free(unsafe.Pointer(log))
	if code != 0 {
		return nil, fmt.Errorf("NVRTC %s refuses %s: %s", c.Version, name, firstLines(C.GoString(log)))
	}
	return slices.Clone(unsafe.Slice((*byte)(cubin), int(size))), nil
}

// firstLines keeps what a person reads of a compiler's complaint.
func firstLines(log string) string {
	lines := strings.SplitN(strings.TrimSpace(log), "\n", 4)
	return strings.Join(lines[:min(3, len(lines))], "; ")
}
