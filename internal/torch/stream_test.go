package torch

import "testing"

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
