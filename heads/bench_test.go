package heads_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/train"
)

// setting reads an environment variable of the benchmarks.
func setting(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// BenchmarkStep is a whole training step with dropout, clipping and AdamW, which scripts/figures.py and scripts/gpu-day.sh set
// beside the reference's. BENCH_TASK (pretrain: MLM+NSP; questions: spans of answers), BENCH_MODEL, BENCH_BATCH, BENCH_SEQ,
// BENCH_FILL, BENCH_COMPUTE and BENCH_DEVICE choose the case; BENCH_PROFILE names a file for the trace of three more steps.
func BenchmarkStep(b *testing.B) {
	s := benchmark{b: b}
	s.prepare(true)
	defer s.free()
	s.measure(s.step)
	s.report()
	s.profile()
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
	encoder   *bert.Model
	loss      func(p *torch.Pass, in *bert.Packed) *torch.Tensor
	store     *bert.Store
	optimizer *train.Optimizer
	mode      torch.Mode
	packing   bert.Packing
	rows, ids []int32
	next      []int64
	seconds   float64 // of one step
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

func (s *benchmark) prepare(training bool) {
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
	s.mode = torch.Mode{Train: training, Grad: training, Compute: compute, Device: device, Seed: 1}
	s.draw(config)
	network := s.task(config)
	s.check(torch.Run(func() error {
		s.store = bert.NewStore(network, device)
		bert.Initialize(s.store.Parameters, config.InitializerRange, 1)
		s.store.UseCompute(compute)
		if training {
			s.store.PrepareTraining()
			s.optimizer, err = train.NewOptimizer(s.store, train.DefaultOptimizer())
			return err
		}
		return s.encoder.Reorder()
	}))
}

// task makes the network that BENCH_TASK asks for, and its loss.
func (s *benchmark) task(config bert.Config) bert.Network {
	switch name := setting("BENCH_TASK", "pretrain"); name {
	case "pretrain":
		n, err := heads.NewPretraining(config)
		s.check(err)
		s.encoder = n.Bert
		s.loss = func(p *torch.Pass, in *bert.Packed) *torch.Tensor {
			return n.Loss(p, in, heads.PretrainingTargets{Rows: s.rows, IDs: s.ids, Next: s.next}, 1).Total
		}
		return n
	case "questions":
		n, err := heads.NewSpan(config)
		s.check(err)
		s.encoder = n.Bert
		s.loss = func(p *torch.Pass, in *bert.Packed) *torch.Tensor { // all answers are the first token or the second
			first := torch.From(p, s.next, int64(len(s.next)))
			return n.Loss(p, in, n.Logits(p, in), first, first)
		}
		return n
	default:
		s.b.Fatalf("BENCH_TASK=%s: expected pretrain or questions", name)
		return nil
	}
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
		in, err := s.encoder.Config.Pack(p, s.packing)
		if err != nil {
			return err
		}
		s.optimizer.SetRate(p, 1e-4)
		s.optimizer.Backward(p, s.loss(p, in))
		return s.optimizer.Step()
	}))
	s.mode.Step++
}

func (s *benchmark) forward() {
	s.check(torch.Do(s.mode, func(p *torch.Pass) error {
		in, err := s.encoder.Config.Pack(p, s.packing)
		if err != nil {
			return err
		}
		last := s.encoder.Forward(p, in, bert.Want{}).Last
		s.encoder.Pool(p, p.GatherRows(last, in.Firsts()))
		return nil
	}))
	s.check(s.mode.Device.Synchronize())
}

// measure warms up as the reference's script does and counts processor time beside the clock's. A GPU is waited for once, at the
// end, as the reference is: a step may be prepared while the one before is computed.
func (s *benchmark) measure(step func()) {
	for range 2 {
		step()
	}
	s.check(s.mode.Device.ResetPeak())
	before, began := processorSeconds(s), s.now()
	for s.b.Loop() {
		step()
	}
	s.seconds = s.now().Sub(began).Seconds() / float64(s.b.N)
	s.b.ReportMetric((processorSeconds(s)-before)/float64(s.b.N), "cpu-s/step")
}

// now is the time when the device has done everything.
func (s *benchmark) now() time.Time {
	s.check(s.mode.Device.Synchronize())
	return time.Now()
}

func processorSeconds(s *benchmark) float64 {
	var usage unix.Rusage
	s.check(unix.Getrusage(unix.RUSAGE_SELF, &usage))
	s.b.ReportMetric(float64(usage.Maxrss)*1024/1e6, "peak-MB")
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func (s *benchmark) report() {
	s.b.ReportMetric(float64(len(s.packing.IDs)), "tokens")
	s.b.ReportMetric(float64(len(s.packing.IDs))/s.seconds, "tokens/s")
	s.b.ReportMetric(s.seconds, "s/step")
	if s.mode.Device.IsCUDA() { // its own memory, not the host's
		gpu, err := s.mode.Device.Describe()
		s.check(err)
		s.b.ReportMetric(float64(gpu.Peak)/1e6, "peak-MB")
	}
}

// profile writes a trace of some steps more.
func (s *benchmark) profile() {
	file := setting("BENCH_PROFILE", "")
	if file == "" {
		return
	}
	s.check(torch.Run(func() error {
		torch.Profile(file, s.mode.Device, func() {
			for range 3 {
				s.step()
			}
		})
		return nil
	}))
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
