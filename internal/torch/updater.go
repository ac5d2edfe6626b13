package torch

// #include "native/optimizer.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// StepState numbers what an [Updater] knows on its device: fp64 [StepNumbers], which whoever makes the updater allots, sets to
// what it begins with, and reads when he likes.
const (
	StepScale       = iota // loss scale
	StepGood               // updates since it changed
	StepUpdates            // made so far
	StepNorm               // of the last step's gradient, before clipping
	StepTried              // steps
	StepRefused            // the first of them whose gradient was not finite; 0: none. From it on nothing changes.
	StepRefusedNorm        // its gradient's norm
	StepNumbers     = 16   // room for those that only the kernels read
)

// Rule is what an optimizer is told once. Without LAMB it is AdamW.
type Rule struct {
	LAMB              bool
	Beta1, Beta2, Eps float64
	Clip              float64 // the largest norm of a gradient; 0 does not clip
	Share             float64 // of a batch in an update: the gradient of its loss is the loss scale times Share
	Run               int     // updates in a row after which the loss scale doubles; 0: it stays, and no gradient may overflow
}

// Part is a parameter in flat memory that is trained.
type Part struct {
	Begin, Count int64
	Decay        float64 // decoupled weight decay
	Rate         float64 // multiplies the learning rate
	Adapt        bool    // LAMB's scaling to the parameter's norm
	Moments      int64   // where its moments begin among those that are held
}

// Flat is what an [Updater] works on: fp32 [P] each, M and V as long as its parts' moments reach; Shadow, in the compute type, receives the new values and may be nil.
// State is fp64 [StepNumbers], and Root, fp32 [], receives the gradient that is to flow into the next loss.
type Flat struct {
	Value, Grad, M, V, Shadow, State, Root *Tensor
}

// An Updater makes an optimizer's steps on a GPU without the host's knowing how they come out: the gradient's norm, clipping, loss
// scaling, what is not finite and the count of updates stay on the device. Three kernels make a step of AdamW, five one of LAMB;
// LibTorch's operators do where they cannot.
//
// Nothing that changes from step to step is an argument of a launch: the learning rate is a number on the device, everything else is
// in State. A captured step may so be played again in a CUDA graph, if the rate lies at one address.
type Updater struct{ h C.gb_updater }

// NewUpdater prepares steps; it shares the memory of f.
func NewUpdater(f Flat, r Rule, parts []Part) *Updater {
	list := make([]C.gb_part_of_flat, len(parts))
	for i, p := range parts {
		list[i] = C.gb_part_of_flat{
			begin: C.int64_t(p.Begin), count: C.int64_t(p.Count), decay: C.double(p.Decay), rate: C.double(p.Rate), adapt: C.bool(p.Adapt),
			moments: C.int64_t(p.Moments),
		}
	}
	flat := C.gb_flat{
		value: f.Value.c(), grad: f.Grad.c(), m: f.M.c(), v: f.V.c(), copy: f.Shadow.optional(), state: f.State.c(), root: f.Root.c(),
	}
	rule := C.gb_rule{
		lamb: C.bool(r.LAMB), beta1: C.double(r.Beta1), beta2: C.double(r.Beta2), eps: C.double(r.Eps), clip: C.double(r.Clip),
		share: C.double(r.Share), run: C.int(r.Run),
	}
	u := &Updater{}
	check("updater", C.gb_new_updater(&u.h, flat, rule, unsafe.SliceData(list), C.size_t(len(list))), f.Value)
	return u
}

// Step makes one, with the learning rate fp64 [] on the device, and clears the gradient of its parts. squares, likewise, is the sum of the
// squares of a gradient of which these are a share; nil where the parts are all, and the step finds it. A share of LAMB's ends with the
// directions in the gradient's place: [Updater.Walk] goes them.
func (u *Updater) Step(rate, squares *Tensor) {
	check("update", C.gb_update(u.h, rate.c(), squares.optional()), rate)
}

// Walk ends a share of LAMB's step. lengths are, for each of the parts, the sums of squares of the values and of the directions of the whole
// parameter that it is of.
func (u *Updater) Walk(lengths []float64) {
	check("update", C.gb_walk(u.h, (*C.double)(unsafe.SliceData(lengths)), C.size_t(len(lengths)/2)))
}

// Free releases the updater.
func (u *Updater) Free() {
	if u != nil && u.h != nil {
		C.gb_free_updater(u.h)
		u.h = nil
	}
}

// Measured is a scalar that [AddMeasures] adds up, times Times, in place Into. Times is an argument of the launch: one that is captured
// in a CUDA graph goes on with the number that it was captured with.
type Measured struct {
	Value *Tensor
	Times float64
	Into  int
}

// AddMeasures adds values into sums, fp64 [n], each of which holds an fp32: on a GPU in one launch.
func AddMeasures(sums *Tensor, values []Measured) {
	if len(values) == 0 {
		return
	}
	list := make([]C.gb_measured, len(values))
	for i, m := range values {
		list[i] = C.gb_measured{value: m.Value.c(), times: C.double(m.Times), into: C.int64_t(m.Into)}
	}
	check("add measures", C.gb_add_measures(sums.c(), &list[0], C.size_t(len(list))), sums)
	runtime.KeepAlive(values)
}
