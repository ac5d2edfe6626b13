package bert

import (
	"context"
	"os"
	"strconv"
	"testing"

	"gobert/internal/testkit"
)

// BenchmarkEncode is a pass of the model in BENCH_FOLDER as programs run it, in BENCH_COMPUTE (fp32, int8), over BENCH_BATCH texts of
// BENCH_SEQ tokens, of which a share BENCH_FILL is there: lengths vary evenly below 1. scripts/figures.py sets it beside ONNX Runtime's.
func BenchmarkEncode(b *testing.B) {
	folder := os.Getenv("BENCH_FOLDER")
	if folder == "" {
		b.Skip("BENCH_FOLDER does not name a model folder")
	}
	number := func(name string, otherwise float64) float64 {
		if v, err := strconv.ParseFloat(os.Getenv(name), 64); err == nil {
			return v
		}
		return otherwise
	}
	batch, length, fill := int(number("BENCH_BATCH", 1)), int(number("BENCH_SEQ", 32)), number("BENCH_FILL", 1)
	in := Input{Offsets: []int32{0}}
	for i := range batch {
		tokens := length
		if low := max(1, int(float64(length)*max(0, 2*fill-1)+0.5)); fill < 1 {
			tokens = low + (length-low)*i/max(1, batch-1)
		}
		for t := range tokens {
			in.IDs = append(in.IDs, int32(1000+(7919*i+104729*t)%29000))
		}
		in.Offsets = append(in.Offsets, int32(len(in.IDs)))
	}
	before := testkit.Resident(b)
	m, err := Load(context.Background(), folder, Options{Compute: os.Getenv("BENCH_COMPUTE")})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	pass := func() {
		if _, err := m.Encode(in, Want{}); err != nil {
			b.Fatal(err)
		}
	}
	pass()
	pass() // the second one reorders fp32
	var bytes int64
	for _, p := range Parameters(m) {
		bytes += 4 * p.Numel()
	}
	resident, start := testkit.Resident(b), cpuSeconds(b)
	for b.Loop() {
		pass()
	}
	b.ReportMetric((cpuSeconds(b)-start)/float64(b.N), "cpu-s/step")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/step")
	b.ReportMetric(float64(resident-before)/float64(bytes), "resident/size")
}
