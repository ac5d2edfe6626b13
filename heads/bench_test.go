package heads

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gobert/bert"
	"gobert/internal/optim"
	"gobert/internal/torch"
)

// setting reads an environment variable of the benchmarks.
func setting(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// BenchmarkStep is a whole MLM+NSP training step with dropout, clipping and AdamW, which scripts/figures.py sets beside the
// reference's. BENCH_MODEL, BENCH_BATCH, BENCH_SEQ, BENCH_FILL, BENCH_COMPUTE and BENCH_DEVICE choose the case.
func BenchmarkStep(b *testing.B) {
	s := benchmark{b: b}
	s.prepare(true)
	defer s.free()
	s.measure(s.step)
	s.report()
}

// BenchmarkForward is inference with the encoder and its pooler, for scripts/figures.py too.
func BenchmarkForward(b *testing.B) {
	s := benchmark{b: b}
	s.prepare(false)
	defer s.free()
	s.measure(s.forward)
	s.report()
}

type benchmark struct {
	b         *testing.B
	model     *Pretraining
	store     *bert.Store
	optimizer *optim.Optimizer
	mode      torch.Mode
	packing   bert.Packing
	rows, ids []int32
	next      []int64
}

func (s *benchmark) check(err error) {
	if err != nil {
		s.b.Fatal(err)
	}
}

func number(s *benchmark, name, otherwise string) float64 {
	v, err := strconv.ParseFloat(setting(name, otherwise), 64)
	s.check(err)
	return v
}

func (s *benchmark) prepare(train bool) {
	name := setting("BENCH_MODEL", "mini")
	config, err := bert.Size(strings.Replace(name, "minilm", "mini", 1))
	s.check(err)
	if name == "minilm" {
		config.NumLayers, config.HiddenSize, config.NumHeads, config.IntermediateSize = 6, 384, 12, 1536
	}
	compute, err := torch.ParseCompute(setting("BENCH_COMPUTE", "fp32"))
	s.check(err)
	device, err := torch.ParseDevice(setting("BENCH_DEVICE", "cpu"))
	s.check(err)
	s.mode = torch.Mode{Train: train, Grad: train, Compute: compute, Device: device, Seed: 1}
	s.model, err = NewPretraining(config)
	s.check(err)
	s.draw(config)
	s.check(torch.Run(func() error {
		s.store = bert.NewStore(s.model, device)
		bert.Initialize(s.store.Parameters, config.InitializerRange, 1)
		s.store.UseCompute(compute)
		if train {
			s.store.PrepareTraining()
			s.optimizer, err = optim.New(s.store, optim.Default())
			return err
		}
		return s.model.Bert.Pack()
	}))
}

// draw makes a batch as the reference's script does: lengths vary evenly below a fill of 1, and 15 % of tokens are masked.
func (s *benchmark) draw(config bert.Config) {
	batch, seq, fill := int(number(s, "BENCH_BATCH", "32")), int(number(s, "BENCH_SEQ", "128")), number(s, "BENCH_FILL", "1")
	r := rand.New(rand.NewPCG(1, 2))
	s.packing.Offsets = []int32{0}
	for i := range batch {
		length := seq
		if low := max(1, int(float64(seq)*max(0, 2*fill-1)+0.5)); fill < 1 {
			length = low + (seq-low)*i/max(1, batch-1)
		}
		for range length {
			s.packing.IDs = append(s.packing.IDs, int32(1000+r.IntN(29000)))
		}
		s.packing.Offsets = append(s.packing.Offsets, int32(len(s.packing.IDs)))
		s.next = append(s.next, int64(r.IntN(2)))
	}
	for i, id := range s.packing.IDs {
		if r.Float64() < 0.15 {
			s.rows, s.ids = append(s.rows, int32(i)), append(s.ids, id)
		}
	}
	if config.MaxPositions < seq {
		s.b.Fatalf("sequences of %d tokens", seq)
	}
}

func (s *benchmark) step() {
	s.check(torch.Do(s.mode, func(p *torch.Pass) error {
		in, err := s.model.Bert.Config.Pack(p, s.packing)
		if err != nil {
			return err
		}
		loss := s.model.Loss(p, in, PretrainingTargets{Rows: s.rows, IDs: s.ids, Next: s.next}, 1)
		p.Backward(loss.Total, nil)
		_, err = s.optimizer.Step(1e-4, 1)
		return err
	}))
	s.mode.Step++
}

func (s *benchmark) forward() {
	s.check(torch.Do(s.mode, func(p *torch.Pass) error {
		in, err := s.model.Bert.Config.Pack(p, s.packing)
		if err != nil {
			return err
		}
		last := s.model.Bert.Forward(p, in, bert.Want{}).Last
		s.model.Bert.Pool(p, in, last)
		return nil
	}))
	s.check(s.mode.Device.Synchronize())
}

// measure warms up as the reference's script does and counts processor time beside the clock's.
func (s *benchmark) measure(step func()) {
	for range 2 {
		step()
	}
	before := processorSeconds(s)
	for s.b.Loop() {
		step()
	}
	s.b.ReportMetric((processorSeconds(s)-before)/float64(s.b.N), "cpu-s/step")
}

func processorSeconds(s *benchmark) float64 {
	var usage unix.Rusage
	s.check(unix.Getrusage(unix.RUSAGE_SELF, &usage))
	s.b.ReportMetric(float64(usage.Maxrss)*1024/1e6, "peak-MB")
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func (s *benchmark) report() {
	s.b.ReportMetric(float64(len(s.packing.IDs)), "tokens")
	seconds := s.b.Elapsed().Seconds() / float64(s.b.N)
	s.b.ReportMetric(float64(len(s.packing.IDs))/seconds, "tokens/s")
	s.b.ReportMetric(seconds, "s/step")
}

func (s *benchmark) free() {
	s.check(torch.Run(func() error {
		if s.optimizer != nil {
			s.optimizer.Free()
		}
		s.store.Free()
		return nil
	}))
}
