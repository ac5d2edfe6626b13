package torch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"gobert/internal/torch/standin"
)

// TestProfileTellsWhatRan: the trace names the operators that ran while it was taken, and no others.
func TestProfileTellsWhatRan(t *testing.T) {
	d := device(t)
	file := filepath.Join(t.TempDir(), "trace.json")
	do(t, Mode{Device: d}, func(p *Pass) {
		x := p.Adopt(NewZeros(Float32, d, 4, 4))
		p.Tanh(x)
		Profile(file, d, func() { p.Matmul(x, x) })
	})
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var trace struct {
		Events []struct {
			Name     string  `json:"name"`
			Category string  `json:"cat"`
			Duration float64 `json:"dur"`
		} `json:"traceEvents"`
	}
	if err := json.Unmarshal(text, &trace); err != nil {
		t.Fatal(err)
	}
	seen := map[string]float64{}
	for _, e := range trace.Events {
		if e.Category == "cpu_op" {
			seen[e.Name] += e.Duration
		}
	}
	if seen["aten::mm"] <= 0 || seen["aten::tanh"] != 0 {
		t.Errorf("operators and their times: %v", seen)
	}
}

func TestProfileOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestProfileTellsWhatRan")
}
