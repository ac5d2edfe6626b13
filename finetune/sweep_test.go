package finetune

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGridHasEachCombinationOnce: a value that is given twice is no second run.
func TestGridHasEachCombinationOnce(t *testing.T) {
	g := Grid{LearningRates: []float64{1e-4, 2e-4, 1e-4}, Batches: []int{8, 8}, Epochs: []float64{1, 2}, Seeds: []uint64{1, 1, 2}}
	var names []string
	for _, c := range cells(Defaults(), g) {
		names = append(names, c.name)
	}
	want := []string{"lr=0.0001 batch=8 epochs=1", "lr=0.0001 batch=8 epochs=2", "lr=0.0002 batch=8 epochs=1", "lr=0.0002 batch=8 epochs=2"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if n := g.Runs(); n != 8 {
		t.Errorf("%d runs, want 8", n)
	}
	if n := (Grid{}).Runs(); n != 1 {
		t.Errorf("an empty grid has %d runs, want 1", n)
	}
}
