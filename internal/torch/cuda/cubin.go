package cuda

// #include "cubin.h"
import "C"

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A Target is what a unit is compiled for.
type Target struct {
	Unit         string
	Suffix       string // the activations' type: f32, f16 or bf16
	Width        int    // of rows that are held in registers; 0 where it does not matter
	Aligned      bool   // all rows begin at multiples of 16 bytes
	Major, Minor int    // the card's architecture
}

// chunk is how many columns of a row a warp holds at a time.
const chunk = 256

// options tell the compiler the target.
func (t Target) options() []string {
	types := map[string]string{"f32": "float", "f16": "half", "bf16": "bfloat"}
	options := []string{
		fmt.Sprintf("--gpu-architecture=sm_%d%d", t.Major, t.Minor), "--std=c++17",
		"-DGOBERT_TYPE=" + types[t.Suffix], "-DGOBERT_SUFFIX=" + t.Suffix,
	}
	if t.Width > 0 {
		options = append(options, fmt.Sprintf("-DGOBERT_WIDTH=%d", t.Width), fmt.Sprintf("-DGOBERT_CHUNKS=%d", (t.Width+chunk-1)/chunk))
	}
	if t.Aligned {
		options = append(options, "-DGOBERT_ALIGNED")
	}
	return options
}

// A maker compiles units, and keeps what it has compiled.
type maker struct {
	compiler *compiler
	cache    cache
	tell     func(text string) // what is being done
	warn     func(text string)
}

// Cubin gives a compiled unit, from the cache or made anew.
func (m maker) Cubin(t Target) ([]byte, error) {
	text, options := source(t.Unit), t.options()
	key := keyOf(text, options, m.compiler.Version)
	if cubin, ok := m.cache.Get(key); ok {
		return cubin, nil
	}
	m.tell(fmt.Sprintf("compiling the kernels for cards of capability %d.%d: some seconds, once", t.Major, t.Minor))
	cubin, err := m.compiler.Compile(t.Unit+".cu", text, options)
	if err != nil {
		return nil, err
	}
	if err := m.cache.Put(key, cubin); err != nil {
		m.warn(err.Error() + ": the kernels are compiled again in each run; set XDG_CACHE_HOME to a folder you can write to")
	}
	return cubin, nil
}

// beside is the folder of LibTorch, which NVRTC lies in, too.
var beside atomic.Pointer[string]

// LookIn names the folder of LibTorch's libraries, before the first pass on a card.
func LookIn(folder string) { beside.Store(&folder) }

// nvrtcVariable names a folder with another NVRTC.
const nvrtcVariable = "GOBERT_NVRTC"

var theMaker = sync.OnceValues(func() (maker, error) {
	folders := []string{os.Getenv(nvrtcVariable)}
	if folder := beside.Load(); folder != nil {
		folders = append(folders, *folder)
	}
	c, err := openCompiler(folders...)
	if err != nil {
		return maker{}, err
	}
	m := maker{compiler: c, tell: once(slog.Info), warn: once(slog.Warn)}
	if m.cache, err = userCache(); err != nil {
		m.warn("compiled kernels are not kept: " + err.Error())
	}
	return m, nil
})

// once says the first thing and is silent about the others, which have the same cause.
func once(say func(text string, args ...any)) func(text string) {
	var first sync.Once
	return func(text string) { first.Do(func() { say(text) }) }
}

var warnRefused = once(slog.Warn)

//export gobert_kernels_refused
func gobert_kernels_refused(why *C.char) { refused(C.GoString(why)) }

func refused(why string) {
	warnRefused("the card's own kernels cannot be used, and LibTorch's operators take their place, more slowly: " + why)
}

//export gobert_cubin
func gobert_cubin(unit, suffix *C.char, width C.longlong, aligned C.bool, major, minor C.int, cubin *unsafe.Pointer) {
	m, err := theMaker()
	if err != nil {
		refused(err.Error())
		return
	}
	made, err := m.Cubin(Target{C.GoString(unit), C.GoString(suffix), int(width), bool(aligned), int(major), int(minor)})
	if err != nil {
		refused(err.Error())
		return
	}
	*cubin = C.CBytes(made)
}
