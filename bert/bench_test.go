package bert

import (
	"context"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// BenchmarkLoad opens a model folder (BENCH_FOLDER) and points the encoder at it, to be set beside from_pretrained.
func BenchmarkLoad(b *testing.B) {
	folder := os.Getenv("BENCH_FOLDER")
	if folder == "" {
		b.Skip("BENCH_FOLDER does not name a model folder")
	}
	start := cpuSeconds(b)
	for b.Loop() {
		m, err := Load(context.Background(), folder, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := m.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpuSeconds(b)-start)/float64(b.N), "cpu-s/step")
	m, err := Load(context.Background(), folder, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	before, wall, cpu := testkit.Resident(b), time.Now(), cpuSeconds(b)
	if _, err := m.Encode(Input{IDs: []int32{101, 102}, Length: 2}, Want{}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(wall).Seconds(), "first-pass-s")
	b.ReportMetric(cpuSeconds(b)-cpu, "first-pass-cpu-s")
	var bytes int64
	for _, p := range Parameters(m) {
		bytes += 4 * p.Numel()
	}
	b.ReportMetric(float64(testkit.Resident(b)-before)/float64(bytes), "resident/size")
}

// TestForwardPassesKeepMemoryFlat runs many passes of a small model.
func TestForwardPassesKeepMemoryFlat(t *testing.T) {
	config, err := Size("tiny")
	if err != nil {
		t.Fatal(err)
	}
	config.VocabSize, config.HiddenSize, config.IntermediateSize, config.NumHeads = 100, 32, 64, 2
	m, err := New(config, true)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	run(t, func() { NewStore(m, torch.CPU); Initialize(Parameters(m), 0.02, 1) })
	passes := 1000
	if os.Getenv("GOBERT_LONG") != "" {
		passes = 10_000
	}
	encode := func(n int) {
		for i := range n {
			ids := make([]int32, 1+i%40)
			if _, err := m.Encode(Input{IDs: ids, Length: len(ids)}, Want{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	encode(100)
	var held []int64
	for range 12 {
		encode(passes / 12)
		held = append(held, testkit.Resident(t))
	}
	testkit.Flat(t, held, 768<<10)
}

// cpuSeconds is the processor time that this process has used.
func cpuSeconds(b *testing.B) float64 {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
