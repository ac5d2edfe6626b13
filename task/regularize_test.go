package task

import (
	"testing"

	"gobert/data/labelled"
)

// TestRegularizeForgetsEarlierWeights: a call without class weights ends those of the call before.
func TestRegularizeForgetsEarlierWeights(t *testing.T) {
	m := &Model{Labels: labelled.NewLabels(labelled.Single, []string{"a", "b"})}
	if err := m.Regularize([]float64{1, 2}, false, 0, nil); err != nil {
		t.Fatal(err)
	}
	first := m.regularization.ClassWeights
	if !first.Valid() {
		t.Fatal("no class weights")
	}
	if err := m.Regularize(nil, false, 0.1, nil); err != nil {
		t.Fatal(err)
	}
	if m.regularization.ClassWeights != nil || first.Valid() {
		t.Error("the weights of the first call are still there")
	}
}
