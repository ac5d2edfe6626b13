package torch

// #include "native/abi.h"
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/sugarme/gotch/libtch"
	"golang.org/x/sys/unix"
)

// LibTorch keeps gradient mode, errors and its worker team per OS thread. One goroutine, locked to its thread for good,
// therefore runs everything; other goroutines hand their work to it. A second thread would start a second team of
// workers, which costs more than it gives.
type executor struct {
	start sync.Once
	tid   atomic.Int64    // of the LibTorch thread: read by every caller, and another one where its goroutine was ended
	cell  *libtch.Ctensor // one result cell serves every pass: operators of the thread never overlap
	work  chan task

	upload upload // what waits to be brought to a GPU
}

type task struct {
	run  func() error
	done chan outcome
}

type outcome struct {
	err    error
	fault  any  // a panic that is not ours, to be raised again where it belongs
	exited bool // runtime.Goexit was called, as testing's FailNow does
}

var lane = executor{work: make(chan task)}

// Run calls f on the LibTorch thread and waits for it. Work of several goroutines is done one after another. A call from
// the LibTorch thread itself runs at once. A tensor fault inside f comes back as an *[Error].
func Run(f func() error) error {
	lane.start.Do(lane.open)
	if int64(unix.Gettid()) == lane.tid.Load() {
		return guard(f)
	}
	t := task{run: f, done: make(chan outcome, 1)}
	lane.work <- t
	result := <-t.done
	if result.fault != nil {
		panic(result.fault)
	}
	if result.exited {
		runtime.Goexit()
	}
	return result.err
}

// ask makes one call of C on the LibTorch thread.
func ask(op string, call func() C.gb_error) error {
	return Run(func() error {
		check(op, call())
		return nil
	})
}

func (e *executor) open() {
	ready := make(chan struct{})
	go e.serve(ready)
	<-ready
}

// serve works until the process ends. Work that ends its goroutine takes the thread with it; another one goes on then.
func (e *executor) serve(ready chan struct{}) {
	runtime.LockOSThread()
	e.tid.Store(int64(unix.Gettid()))
	setUp()
	if e.cell == nil {
		e.cell = newCell()
	}
	close(ready)
	defer e.open()
	for t := range e.work {
		e.attempt(t)
	}
}

// attempt does one piece of work and reports its outcome, whichever way it ends.
func (e *executor) attempt(t task) {
	result := outcome{exited: true}
	defer func() {
		if fault := recover(); fault != nil {
			result = outcome{fault: fault}
		}
		t.done <- result
	}()
	result = outcome{err: guard(t.run)}
}

func guard(f func() error) (err error) {
	defer Catch(&err)
	return f()
}

// onLane raises a fault when the calling goroutine is not the LibTorch thread.
func onLane(op string) {
	if int64(unix.Gettid()) != lane.tid.Load() {
		Throw(op, "called outside the LibTorch thread; put the work into torch.Run or torch.Do")
	}
}
