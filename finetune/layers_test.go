package finetune

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/internal/weights"
	"gobert/task"
)

// weightsOf reads a folder's weights; the encoder's are named as in the folder of a model without a head.
func weightsOf(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	file, err := weights.OpenSafetensors(filepath.Join(folder, weights.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := map[string][]byte{}
	for _, w := range file.Tensors() {
		out[strings.TrimPrefix(w.Name, bert.Prefix+".")] = bytes.Clone(w.Data)
	}
	return out
}

// shortRun trains a tiny model for a few steps and gives its weights before and after.
func shortRun(t *testing.T, change func(j *Job)) (before, after map[string][]byte) {
	t.Helper()
	model, output := filepath.Join(t.TempDir(), "tiny"), filepath.Join(t.TempDir(), "run")
	tiny(t, model)
	j := job(model, output)
	j.Resume, j.Steps, j.EvaluateEvery, j.WeightDecay = "", 3, 3, 0
	change(&j)
	if _, err := Train(context.Background(), j); err != nil {
		t.Fatal(err)
	}
	return weightsOf(t, model), weightsOf(t, output)
}

func TestFrozenPartsStayAsTheyAre(t *testing.T) {
	before, after := shortRun(t, func(j *Job) { j.Freeze = []string{"embeddings", "layer.0"} })
	for name, was := range before {
		frozen := strings.HasPrefix(name, "embeddings.") || strings.HasPrefix(name, "encoder.layer.0.")
		if same := bytes.Equal(was, after[name]); same != frozen && !strings.HasSuffix(name, "key.bias") {
			t.Errorf("%s: frozen %v, but unchanged is %v", name, frozen, same)
		}
	}
}

func TestLayersDrawnAnew(t *testing.T) {
	before, after := shortRun(t, func(j *Job) { j.Reinit, j.LearningRate = 1, 1e-12 })
	for name, was := range before {
		if strings.HasSuffix(name, "bias") {
			continue // those of the source are 0, as new ones are
		}
		top := strings.HasPrefix(name, "encoder.layer.1.") && !strings.Contains(name, "LayerNorm") || strings.HasPrefix(name, "pooler.")
		if same := bytes.Equal(was, after[name]); same == top {
			t.Errorf("%s: drawn anew %v, but unchanged is %v", name, top, same)
		}
	}
	job := job("", "")
	job.Reinit = 3
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	job.Model, job.Out = model, filepath.Join(t.TempDir(), "run")
	if _, err := Train(context.Background(), job); err == nil || !strings.Contains(err.Error(), "the model has 2 layers") {
		t.Errorf("three layers of two: %v", err)
	}
}

// TestLowerLayersLearnSlower compares the rates with the rule, and the first steps of Adam, which are as long as the rate.
func TestLowerLayersLearnSlower(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tiny")
	tiny(t, folder)
	m, err := task.Open(context.Background(), folder, task.Options{Kind: task.Classify, Labels: labelled.NewLabels(labelled.Single, []string{"a", "b"})})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	decayRates(m.Network, 0.5)
	for _, p := range bert.Parameters(m.Network) {
		want := 1.0
		for prefix, rate := range map[string]float64{"bert.embeddings.": 0.125, "bert.encoder.layer.0.": 0.25, "bert.encoder.layer.1.": 0.5} {
			if strings.HasPrefix(p.Name, prefix) {
				want = rate
			}
		}
		if p.Rate != want {
			t.Errorf("%s has the rate %v, want %v", p.Name, p.Rate, want)
		}
	}
	before, after := shortRun(t, func(j *Job) { j.LayerDecay, j.Steps, j.Warmup, j.ClipNorm = 0.5, 1, 0, 0 })
	moved := func(name string) (most float64) {
		for i := 0; i < len(before[name]); i += 4 {
			most = max(most, math.Abs(float64(float32At(after[name], i)-float32At(before[name], i))))
		}
		return most
	}
	low, high := moved("encoder.layer.0.intermediate.dense.weight"), moved("encoder.layer.1.intermediate.dense.weight")
	if math.Abs(low/high-0.5) > 0.01 {
		t.Errorf("layer 0 moved by %v, layer 1 by %v, expected half as much", low, high)
	}
}

func float32At(b []byte, i int) float32 {
	return math.Float32frombits(uint32(b[i]) | uint32(b[i+1])<<8 | uint32(b[i+2])<<16 | uint32(b[i+3])<<24)
}
