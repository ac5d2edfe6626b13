package torch

import (
	"fmt"
	"strings"
	"testing"

	"gobert/internal/torch/standin"
)

// TestCopiesOfAnotherStream: what a stream copies to pinned memory is what was there at the event that it waits for, and what
// comes after the copy's event does not reach it.
func TestCopiesOfAnotherStream(t *testing.T) {
	d := device(t)
	if !d.IsCUDA() {
		t.Skip("for a GPU")
	}
	const n = 1 << 16
	var kept *Tensor
	var copied *Event
	if err := Run(func() error {
		kept, copied = NewPinned(Float32, n), d.NewEvent()
		stream, ready := d.NewStream(), d.NewEvent()
		defer ready.Free()
		x := NewZeros(Float32, d, n)
		defer x.Free()
		for round := range 5 {
			x.Fill(float64(round))
			ready.Record()
			stream.Queue(func() {
				ready.Block()
				kept.CopyFrom(x, true)
				copied.Record()
			})
			copied.Block()
			x.Fill(-1)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	defer kept.Free()
	defer copied.Free()
	if err := copied.Wait(); err != nil {
		t.Fatal(err)
	}
	for i, x := range Values[float32](kept) {
		if x != 4 {
			t.Fatalf("element %d is %v, want 4", i, x)
		}
	}
}

// TestMistakesShow: what is wrong with streams and copies gives wrong numbers on the stand-in, each time; the same program without
// the mistake does not. A real GPU forgives them, now and then.
func TestMistakesShow(t *testing.T) {
	d := device(t)
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it")
	}
	const n = 1000
	type parts struct {
		host, x, y *Tensor
		wait       func() // what the program with the mistake lacks
		other      *Stream
		ready      *Event
	}
	for name, program := range map[string]func(p parts){
		"a buffer that is changed before its copy was made": func(p parts) {
			p.host.Fill(1)
			p.x.CopyFrom(p.host, true)
			p.ready.Record()
			p.wait()
			p.host.Fill(2)
		},
		"a reading without a wait": func(p parts) {
			p.x.Fill(1)
			p.host.CopyFrom(p.x, true)
			p.ready.Record()
			p.wait()
			p.x.CopyFrom(NewFrom(Values[float32](p.host), CPU, n), false)
		},
		"a stream that reads before another one has written": func(p parts) {
			p.x.Fill(1)
			p.ready.Record()
			p.other.Queue(func() {
				p.wait()
				p.y.CopyFrom(p.x, true)
				p.ready.Record()
			})
			_ = p.ready.Wait()
			p.x.CopyFrom(p.y, true)
		},
		"a stream that writes before another one has read": func(p parts) {
			p.x.Fill(1)
			p.ready.Record()
			p.other.Queue(func() {
				p.ready.Block()
				p.y.CopyFrom(p.x, true)
				p.ready.Record()
			})
			p.wait()
			p.x.Fill(3)
			_ = d.Synchronize()
			p.x.CopyFrom(p.y, true)
		},
	} {
		for _, mistaken := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%t", name, mistaken), func(t *testing.T) {
				right := true
				if err := Run(func() error {
					p := parts{host: NewPinned(Float32, n), x: NewZeros(Float32, d, n), y: NewZeros(Float32, d, n), other: d.NewStream(), ready: d.NewEvent()}
					defer FreeAll([]*Tensor{p.host, p.x, p.y})
					defer p.ready.Free()
					if p.wait = func() {}; !mistaken {
						p.wait = p.ready.Block
						if strings.HasPrefix(name, "a buffer") || strings.HasPrefix(name, "a reading") {
							p.wait = func() { _ = p.ready.Wait() }
						}
					}
					program(p)
					for _, x := range Values[float32](p.x) {
						right = right && x == 1
					}
					return d.Synchronize()
				}); err != nil {
					t.Fatal(err)
				}
				if right == mistaken {
					t.Errorf("the numbers are right: %t", right)
				}
			})
		}
	}
}

// TestErrorsComeLate: a fault in what a kernel reads is told when somebody waits, and from then on.
func TestErrorsComeLate(t *testing.T) {
	d := device(t)
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it, in a process of its own")
	}
	err := Do(Mode{Device: d}, func(p *Pass) error {
		p.CrossEntropy(From(p, []float32{1, 2}, 1, 2), From(p, []int64{7}, 1), nil, 0)
		return nil
	})
	if err != nil {
		t.Fatalf("told at once: %v", err)
	}
	for range 2 {
		if err := d.Synchronize(); err == nil || !strings.Contains(err.Error(), "the device is lost to this process") {
			t.Errorf("got %v", err)
		}
	}
	for name, ask := range map[string]func(p *Pass, x *Tensor){
		"an operator": func(p *Pass, x *Tensor) { p.Sum(x, Float32) },
		"a kernel":    func(p *Pass, x *Tensor) { p.Activation(x, "gelu") },
		"a copy":      func(_ *Pass, x *Tensor) { Values[float32](x) },
	} {
		err := Do(Mode{Device: d}, func(p *Pass) error { ask(p, p.Adopt(NewEmpty(Float32, d, 2, 3))); return nil })
		if err == nil || !strings.Contains(err.Error(), "CUDA error: ") || !strings.Contains(err.Error(), "the device is lost to this process") {
			t.Errorf("%s of a device that is lost: %v", name, err)
		}
	}
}
