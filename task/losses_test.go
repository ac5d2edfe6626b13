package task

import (
	"fmt"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// TestDistanceToTheTeacherEqualsTheReference is for a teacher's scores beside a student's.
func TestDistanceToTheTeacherEqualsTheReference(t *testing.T) {
	c := testkit.GoldenFile(t, "..", "golden_losses", "losses.safetensors")
	err := torch.Do(torch.Mode{}, func(p *torch.Pass) error {
		get := func(name string) *torch.Tensor {
			return torch.From(p, c.Values[name].Floats(), c.Values[name].Shape...)
		}
		for _, temperature := range []float64{1, 2, 5} {
			name := fmt.Sprintf("distance.%v", temperature)
			got := (&Teacher{Temperature: temperature}).divergence(p, get("teacher"), get("logits"))
			testkit.Compare(t, name, torch.Values[float32](got), c.Values[name].Floats(), 1e-6)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBalancedWeightsEqualTheReference is for classes of texts and for tags, whose uncounted tokens are no class.
func TestBalancedWeightsEqualTheReference(t *testing.T) {
	c := testkit.GoldenFile(t, "..", "golden_losses", "losses.safetensors")
	labels := labelled.NewLabels(labelled.Single, []string{"a", "b", "c", "d", "e"})
	classes := []int32{}
	for class, n := range c.Values["counts"].Ints() {
		for range n {
			classes = append(classes, int32(class))
		}
	}
	for kind, b := range map[Kind]*features.Batch{
		Classify: {Classes: classes},
		Tag:      {Tags: append([]int32{features.Ignored, features.Ignored}, classes...)},
	} {
		var got []float32
		for _, w := range (&Model{Kind: kind, Labels: labels}).balance(b) {
			got = append(got, float32(w))
		}
		testkit.Compare(t, string(kind.Facts().Name), got, c.Values["balanced"].Floats(), 1e-6)
	}
}
