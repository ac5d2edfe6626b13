package torch

import (
	"slices"
	"testing"
)

// TestPackedProductsKnowNoNeighbours multiplies rows by a packed weight, together and each alone, on one thread and on more than there are
// cores, so that some are often taken off theirs: a row's bits are the same. The sizes leave rows, columns and depth over in every kernel.
func TestPackedProductsKnowNoNeighbours(t *testing.T) {
	if !Reorderable(Float32) || CPUCapability() == "DEFAULT" {
		t.Skip("no kernels of our own for this processor")
	}
	const rows, in, out = 150, 1100, 500
	before := Threads()
	defer func() {
		if err := SetThreads(before); err != nil {
			t.Fatal(err)
		}
	}()
	wave := func(n int64, seed int) []float32 {
		values := make([]float32, n)
		for i := range values {
			values[i] = float32((i*7919+seed)%1009)/500 - 1
		}
		return values
	}
	var want []float32
	for _, threads := range []int{1, 7} {
		if err := SetThreads(threads); err != nil {
			t.Fatal(err)
		}
		err := Do(Mode{}, func(p *Pass) error {
			x := wave(rows*in, 1)
			weight := Weight{Compute: From(p, wave(out*in, 2), out, in), Bias: From(p, wave(out, 3), out)}
			weight.Matrix, weight.Reordered = weight.Compute, Reorder(weight)
			defer weight.Reordered.Free()
			together := func() []float32 { return Values[float32](p.Linear(From(p, x, rows, in), weight)) }
			if want == nil {
				want = together()
			}
			for range 30 {
				if !slices.Equal(together(), want) {
					t.Fatalf("%d threads give other bits", threads)
				}
			}
			for r := range rows {
				alone := Values[float32](p.Linear(From(p, x[r*in:(r+1)*in], 1, in), weight))
				if !slices.Equal(alone, want[r*out:(r+1)*out]) {
					t.Fatalf("row %d alone has other bits", r)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
