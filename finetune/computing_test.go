package finetune

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"testing"

	"gobert/internal/record"
)

// TestActivationsComputedAgainGiveTheSameBits: with --gradient-checkpoint a run, dropout included, ends as without.
func TestActivationsComputedAgainGiveTheSameBits(t *testing.T) {
	_, plain := shortRun(t, func(*Job) {})
	_, again := shortRun(t, func(j *Job) { j.GradientCheckpoint = true })
	for name, want := range plain {
		if !bytes.Equal(again[name], want) {
			t.Errorf("%s differs", name)
		}
	}
}

// TestHalfPrecisionLearnsTheSame: bf16 keeps three digits, so the losses of a run are near those in fp32, and not the same.
func TestHalfPrecisionLearnsTheSame(t *testing.T) {
	losses := map[string][]float64{}
	for _, compute := range []string{"fp32", "bf16"} {
		model, output := filepath.Join(t.TempDir(), "tiny"), filepath.Join(t.TempDir(), "run")
		tiny(t, model)
		j := job(model, output)
		j.Resume, j.Compute, j.LogEvery, j.Steps, j.EvaluateEvery = "", compute, 1, 10, 10
		if _, err := Train(context.Background(), j); err != nil {
			t.Fatal(err)
		}
		entries, err := record.Read(output)
		if err != nil {
			t.Fatal(err)
		}
		_, losses[compute] = record.Series(entries, record.Step, "loss")
	}
	differ := false
	for i, want := range losses["fp32"] {
		got := losses["bf16"][i]
		if math.Abs(got-want) > 0.03*want+0.01 {
			t.Errorf("step %d: the loss is %v in bf16, %v in fp32", i+1, got, want)
		}
		differ = differ || got != want
	}
	if !differ {
		t.Error("the losses are the same to the last bit: was it bf16?")
	}
}

// TestAutoTakesWhatTheMachineComputes: the type that "auto" came to is written down, so that another machine goes on with it.
func TestAutoTakesWhatTheMachineComputes(t *testing.T) {
	model, output := filepath.Join(t.TempDir(), "tiny"), filepath.Join(t.TempDir(), "run")
	tiny(t, model)
	j := job(model, output)
	j.Compute, j.Steps = "auto", 2
	result, err := Train(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Settings.Compute; got != "fp32" && got != "bf16" {
		t.Errorf("computed in %q", got)
	}
	if again, err := Train(context.Background(), j); err != nil || again.Steps != 2 {
		t.Errorf("the finished run, once more: %v", err)
	}
}
