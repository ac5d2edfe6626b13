package torch

import (
	"slices"
	"testing"

	"gobert/internal/torch/standin"
)

// TestWhatIsHandedOverTravelsTogether: tensors of all types and sizes keep their values, whenever the slices that they came from
// change; those that nobody reads cost nothing; and on a GPU all travel in one copy, which nobody waits for.
func TestWhatIsHandedOverTravelsTogether(t *testing.T) {
	d := device(t)
	do(t, Mode{Device: d}, func(p *Pass) {
		before := uploads(t)
		ids, labels := []int32{3, 1, 4, 1, 5}, []int64{-100, 1 << 40}
		a, b := From(p, ids, 5), From(p, labels, 2, 1)
		c, nothing, mask := From(p, []float32{0.5, -2}, 1, 2), From(p, []int32{}, 0), From(p, []bool{true, false, true}, 3)
		ids[0], labels[0] = 7, 7
		mark := p.Mark()
		From(p, []int32{9}, 1)
		kept := From(p, []int32{2, 6}, 2)
		p.Release(mark, kept)
		if got := Values[int32](a); !slices.Equal(got, []int32{3, 1, 4, 1, 5}) || a.DType() != Int32 || a.Device() != d {
			t.Errorf("ids: %v of type %v on %v", got, a.DType(), a.Device())
		}
		if got := Values[int64](b); !slices.Equal(got, []int64{-100, 1 << 40}) || !slices.Equal(b.Shape(), []int64{2, 1}) {
			t.Errorf("labels: %v of shape %v", got, b.Shape())
		}
		if got := Values[float32](p.Scale(c, 2)); !slices.Equal(got, []float32{1, -4}) {
			t.Errorf("numbers, doubled: %v", got)
		}
		if got := Values[bool](mask); !slices.Equal(got, []bool{true, false, true}) || nothing.Numel() != 0 {
			t.Errorf("mask: %v; an empty tensor has %d elements", got, nothing.Numel())
		}
		if got := Values[int32](kept); !slices.Equal(got, []int32{2, 6}) {
			t.Errorf("what was kept: %v", got)
		}
		if n := uploads(t) - before; standin.Here() && n != 1 {
			t.Errorf("%d copies, want one", n)
		}
	})
	do(t, Mode{Device: d}, func(p *Pass) {
		const blocks = 20
		var list []*Tensor
		for i := range int32(blocks) { // the device reads none of them before all are there
			x := From(p, []int32{i, -i}, 2)
			x.Shape()
			list = append(list, x)
		}
		for i, x := range list {
			if got := Values[int32](x); !slices.Equal(got, []int32{int32(i), int32(-i)}) {
				t.Errorf("block %d: %v", i, got)
			}
		}
	})
}

// TestUnreadUploadIsForgotten: what a closed pass was handed and nobody read is never brought to the device, and cannot be used.
func TestUnreadUploadIsForgotten(t *testing.T) {
	d := device(t)
	before := uploads(t)
	var lost *Tensor
	do(t, Mode{Device: d}, func(p *Pass) { lost = From(p, []int32{1}, 1) })
	do(t, Mode{Device: d}, func(p *Pass) {
		if got := Values[int32](From(p, []int32{2}, 1)); got[0] != 2 {
			t.Errorf("got %v", got)
		}
	})
	if n := uploads(t) - before; standin.Here() && n != 1 {
		t.Errorf("%d copies, want one", n)
	}
	if lost.Valid() {
		t.Error("a tensor outlives its pass")
	}
}

// uploads is how many copies to the device there were; 0 where they are not counted.
func uploads(t *testing.T) int64 {
	t.Helper()
	if !standin.Here() {
		return 0
	}
	counts, err := standin.ReadCounts("")
	if err != nil {
		t.Fatal(err)
	}
	return counts[standin.Uploads]
}
