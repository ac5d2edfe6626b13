package torch

// #include "native/graph.h"
import "C"

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unsafe"
)

// Graphs do a function of a batch again as one launch: its launches are recorded once for each layout of what it is handed, as a
// CUDA graph. A batch lies in one block of the device's memory then, which the next one of the same layout is copied to.
//
// The function hands over its batch by [From] and then reads; it gives a result, and the tensors in it that are to stay. It must be
// a function of what it hands over, of parameters and of memory that stays where it is: the host reads nothing of the device, and
// whatever else the launches depend on is part of the layout by [Pass.Depends]. The first time a layout comes the function runs as
// it is, so that libraries have their memory and kernels are loaded; the second time it is recorded.
type Graphs struct {
	Most   int             // how many layouts are recorded; whatever else comes runs as it is
	Failed func(err error) // is told why a layout cannot be recorded; it runs as it is from then on

	known  map[string]*recorded
	number uint64    // of the step
	taken  bool      // the first block of a call is there
	step   *Tensor   // int64 [1], what is added to where dropout's masks are drawn; part of the block
	now    *recorded // the layout that is run as it is, or is being recorded
	found  *recorded // what is to be done again
}

// recorded is what is known of a layout.
type recorded struct {
	block  *Tensor // uint8
	graph  C.gb_graph
	draws  C.int64_t // of random numbers for attention, when it ran as it is
	step   uint64    // that was recorded
	result any
	stay   []*Tensor
	failed bool
}

// handedOver ends a function at its first reading, where its launches are known.
type handedOver struct{}

// Do calls f in a pass, or does again what f did, and then hands the result to use. What stays of it lives until the next call with
// this layout; replayed says that f was left where it began to read.
func (g *Graphs) Do(mode Mode, f func(p *Pass) (result any, stay []*Tensor, err error), use func(result any, replayed bool) error) error {
	onLane("graph")
	mode.Recorded = true
	p := Begin(mode)
	defer p.Close()
	lane.upload.into = g
	g.now, g.found, g.taken, g.number = nil, nil, false, mode.Step
	g.step = From(p, []int64{0}, 1)
	before := C.gb_draws()
	result, stay, fault := g.run(p, f)
	lane.upload.into = nil
	StepFrom(nil)
	if g.found != nil {
		g.found.replay(mode)
		return use(g.found.result, true)
	}
	if fault != nil {
		if !g.abandon() {
			return fault
		}
		p.Close()
		if g.Failed != nil {
			g.Failed(fault)
		}
		return g.Do(mode, f, use)
	}
	r := g.now
	if r == nil { // nothing was handed over, or the layout is one too many
		return use(result, false)
	}
	g.now = nil
	if r.graph == nil {
		r.draws = C.gb_draws() - before
		return use(result, false)
	}
	r.result, r.stay, r.step = result, stay, mode.Step
	for _, t := range stay {
		p.Keep(t)
	}
	check("record", C.gb_end_record(r.graph, true))
	r.replay(mode)
	return use(result, false)
}

// run calls f, which may be left at its first reading.
func (g *Graphs) run(p *Pass, f func(p *Pass) (any, []*Tensor, error)) (result any, stay []*Tensor, err error) {
	defer Catch(&err)
	defer func() {
		if fault := recover(); fault != nil && fault != (handedOver{}) {
			panic(fault)
		}
	}()
	return f(p)
}

// replay does again what was recorded, as another step.
func (r *recorded) replay(mode Mode) {
	check("replay", C.gb_replay(r.graph, C.uint64_t((mode.Step-r.step)<<stepShift)))
}

// abandon ends a recording that failed; false where none was under way.
func (g *Graphs) abandon() bool {
	r := g.now
	g.now = nil
	if r == nil || r.graph == nil {
		return false
	}
	C.gb_free_message(C.gb_end_record(r.graph, false))
	C.gb_free_graph(r.graph)
	r.graph, r.failed = nil, true
	return true
}

// take brings a block to the device, and decides by its layout what becomes of the function that reads it.
func (g *Graphs) take(u *upload, parts []part, data []byte) {
	if g.now != nil && g.now.graph != nil {
		Throw("record", "something is handed over behind the first reading: it cannot be recorded")
	}
	if g.taken {
		u.fresh(parts, data)
		return
	}
	g.taken = true
	layout := layoutOf(parts, u.depends)
	r := g.known[layout]
	switch {
	case r != nil && r.graph != nil:
		for _, x := range parts {
			if x.tensor == g.step {
				binary.LittleEndian.PutUint64(data[x.offset:], (g.number-r.step)<<stepShift)
			}
		}
		r.fill(data)
		g.found = r
		panic(handedOver{})
	case r == nil && len(g.known) >= g.Most || r != nil && r.failed: // as it is
		u.fresh(parts, data)
	case r == nil:
		r = &recorded{}
		if g.known == nil {
			g.known = map[string]*recorded{}
		}
		g.known[layout], g.now = r, r
		u.fresh(parts, data)
	default:
		r.block.Free()
		r.block = NewEmpty(Uint8, u.device, int64(len(data)))
		r.fill(data)
		out, where := places(parts)
		check("upload", C.gb_parts(&out[0], &where[0], C.size_t(len(parts)), r.block.c()))
		attach(parts, out)
		g.now = r
		StepFrom(g.step)
		check("record", C.gb_record(&r.graph, C.int(u.device.Index()), r.draws))
	}
}

func (r *recorded) fill(data []byte) {
	check("upload", C.gb_upload_into(r.block.c(), unsafe.Pointer(unsafe.SliceData(data)), C.size_t(len(data))))
}

// layoutOf describes what is handed over but for its values.
func layoutOf(parts []part, depends []int64) string {
	var text strings.Builder
	for _, x := range parts {
		fmt.Fprintf(&text, "%v%v@%d ", x.dtype, x.shape, x.offset)
	}
	fmt.Fprint(&text, depends)
	return text.String()
}

// Depends says that launches depend on a number of the host, beside the sizes of what is handed over.
func (p *Pass) Depends(number int64) {
	if lane.upload.into != nil {
		lane.upload.depends = append(lane.upload.depends, number)
	}
}

// Free releases everything.
func (g *Graphs) Free() {
	for _, r := range g.known {
		if r.graph != nil {
			C.gb_free_graph(r.graph)
		}
		r.block.Free()
		FreeAll(r.stay)
	}
	g.known = nil
}
