package bert

import (
	"context"
	"math"
	"strings"
	"testing"

	"gobert/internal/testkit"
)

// rms is the root mean square of the differences.
func rms(a, b []float32) float64 {
	var sum float64
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(a)))
}

// TestBF16StaysWithinTheReferencesOwnDistance compares the last hidden states in bfloat16 with the reference's in fp32: we
// may be no further off than the reference is, by autocast or with all weights in bfloat16.
func TestBF16StaysWithinTheReferencesOwnDistance(t *testing.T) {
	var ours, theirs float64
	for _, name := range testkit.GoldenNames(t, "..", "model_") {
		c := testkit.Golden(t, "..", name)
		m, err := Load(context.Background(), c.Dir, Options{Compute: "bf16", Device: device(t).String()})
		if err != nil {
			t.Fatal(err)
		}
		out, err := m.Encode(input(c), Want{})
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		want := rowsOf(c, "out.last_hidden_state")
		distance := rms(out.Last, want)
		reference := max(rms(rowsOf(c, "bf16.autocast"), want), rms(rowsOf(c, "bf16.weights"), want))
		t.Logf("%-28s ours %.4f, reference %.4f", name, distance, reference)
		// Two roundings of one number differ by chance; a single small case may be off by half.
		if distance > 1.5*reference {
			t.Errorf("%s: %.4f from fp32, the reference %.4f", name, distance, reference)
		}
		ours, theirs = ours+distance, theirs+reference
	}
	if ours > theirs {
		t.Errorf("over all cases: %.4f from fp32, the reference %.4f", ours, theirs)
	}
}

// TestFP16GivesSensibleNumbers: half precision has no kernels of ours.
func TestFP16GivesSensibleNumbers(t *testing.T) {
	c := testkit.Golden(t, "..", "model_ragged")
	m, err := Load(context.Background(), c.Dir, Options{Compute: "fp16", Device: device(t).String()})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	out, err := m.Encode(input(c), Want{})
	if err != nil {
		t.Fatal(err)
	}
	testkit.Compare(t, "fp16", out.Last, rowsOf(c, "out.last_hidden_state"), 0.01)
}

// TestFP32GivesTheReferencesNumbers loads from the folder, as users do, onto the device.
func TestFP32GivesTheReferencesNumbers(t *testing.T) {
	c := testkit.Golden(t, "..", "model_ragged")
	m, err := Load(context.Background(), c.Dir, Options{Device: device(t).String()})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	out, err := m.Encode(input(c), Want{})
	if err != nil {
		t.Fatal(err)
	}
	testkit.Compare(t, "fp32", out.Last, rowsOf(c, "out.last_hidden_state"), tolerance)
}

// TestUnknownComputeTypesAreNamed lists all that the options take.
func TestUnknownComputeTypesAreNamed(t *testing.T) {
	_, err := Load(t.Context(), testkit.Golden(t, "..", "model_ragged").Dir, Options{Compute: "fp8"})
	if err == nil || !strings.Contains(err.Error(), `"fp8": expected fp32, bf16, fp16, int8 or auto`) {
		t.Errorf("got %v", err)
	}
}
