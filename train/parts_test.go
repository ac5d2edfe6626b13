package train

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/internal/parts"
	"gobert/internal/ranks"
	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/internal/torch/collective"
)

// Measured, Amounts and LossOf make this test's task divisible, as package task has it.
func (t *Pretraining) Measured() []string {
	return []string{"loss", "mlm_loss", "mlm_accuracy", "nsp_loss", "nsp_accuracy"}
}

func (t *Pretraining) Amounts(b *data.Batch) []float64 {
	return []float64{float64(len(b.MaskedRows)), float64(len(b.Next))}
}

func (t *Pretraining) LossOf(p *torch.Pass, b *data.Batch, gradient float64, totals []float64) (Outcome, error) {
	t.shares = [2]float64{float64(float32(float64(len(b.MaskedRows)) / totals[0])), float64(float32(float64(len(b.Next)) / totals[1]))}
	defer func() { t.shares = [2]float64{} }()
	return t.Loss(p, b, gradient)
}

// team calls work on so many ranks at a time, each a goroutine of this process, and gives their errors.
func team(t *testing.T, size, count int, work func(team *parts.Team) error) []error {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	_ = free.Close()
	errs := make([]error, size)
	var all sync.WaitGroup
	for rank := range size {
		all.Go(func() {
			place := ranks.Place{Rank: rank, Size: size, LocalRank: rank, LocalSize: size, Address: "127.0.0.1", Port: port}
			world, err := collective.Meet(context.Background(), collective.Options{Place: place})
			if err != nil {
				errs[rank] = err
				return
			}
			mine, err := parts.New(world, count)
			if err == nil {
				err = work(mine)
			}
			if err != nil {
				err = world.Fail(err)
			}
			errs[rank] = errors.Join(err, world.Close())
		})
	}
	all.Wait()
	return errs
}

// reference is a golden run, and how it is divided.
type reference struct {
	kind         OptimizerKind
	file, prefix string
	parts        int
}

// TestTwoRanksEqualDistributedDataParallel: two processes of PyTorch and two ranks come to the same losses, norms and weights, each rank with
// half of every batch.
func TestTwoRanksEqualDistributedDataParallel(t *testing.T) {
	r := reference{kind: AdamW, file: "golden_ddp", parts: 2}
	r.by(t, 2)
}

// TestLAMBInParts: LAMB's steps are those of the reference, which knows no parts, and have the same bits on 1, 2 and 4 ranks, of which none has
// all that is scaled to its norm.
func TestLAMBInParts(t *testing.T) {
	r := reference{LAMB, "golden_steps", "lamb.", 4}
	want := r.by(t, 1)
	for _, size := range []int{2, 4} {
		for name, got := range r.by(t, size) {
			if !slices.Equal(got, want[name]) {
				t.Errorf("%d ranks: %s has other bits", size, name)
			}
		}
	}
}

// by makes the run's steps on so many ranks, compares them, and gives rank 0's weights.
func (r reference) by(t *testing.T, size int) (weights map[string][]float32) {
	t.Helper()
	if device().IsCUDA() {
		t.Skip("all ranks are in one process, and would have one GPU")
	}
	c := testkit.GoldenFile(t, "..", r.file, "steps.safetensors")
	output, weights := t.TempDir(), map[string][]float32{}
	var turn sync.Mutex // of the models' making
	for _, err := range team(t, size, r.parts, func(team *parts.Team) error {
		turn.Lock()
		model := newModel(t)
		turn.Unlock()
		s := Settings{Seed: 1, Compute: "fp32", Optimizer: DefaultOptimizer(), Steps: goldenSteps, Accumulate: 1, LogEvery: 1, Output: output, Device: device(), Parts: r.parts, Team: team}
		s.Optimizer.Kind = r.kind
		trainer, err := New[*data.Batch, place](&Pretraining{Model: model, Cost: free}, s)
		if err != nil {
			return err
		}
		defer trainer.Close()
		seen := &watch{}
		trainer.Reporter = seen
		trainer.SetFeed(data.NewCut(&list{batches: goldenBatches(c, goldenSteps)}, 1, r.parts, team.First(), team.Own(), func() *data.Batch { return &data.Batch{} }))
		trainer.Rate = goldenRate
		if err := trainer.Run(context.Background()); err != nil {
			return err
		}
		if _, n := team.Held(nil); n != trainer.optimizer.M.Numel() || n != trainer.optimizer.V.Numel() {
			t.Errorf("rank %d: moments of %d and %d numbers for shares of %d", team.First(), trainer.optimizer.M.Numel(), trainer.optimizer.V.Numel(), n)
		}
		if !team.Leads() {
			return nil
		}
		var losses, norms []float32
		for _, s := range seen.steps {
			losses, norms = append(losses, float32(s.Values[0].Value)), append(norms, float32(s.GradientNorm))
			gradient := 4 * float64(trainer.store.Values.Numel())
			if bound := 2 * gradient / 2; r.kind == AdamW && (s.SentBytes < bound-64 || s.SentBytes > bound+512) { // 2 (W-1)/W, and counts, norms and measures
				t.Errorf("step %d: a rank sent %.0f bytes for a gradient of %.0f", s.Step, s.SentBytes, gradient)
			}
		}
		testkit.Compare(t, "losses", losses, c.Values[r.prefix+"losses"].Floats(), tolerance)
		testkit.Compare(t, "gradient norms", norms, c.Values[r.prefix+"norms"].Floats(), tolerance)
		return torch.Run(func() error {
			for _, p := range bert.Parameters(model) {
				weights[p.Name] = torch.Values[float32](p.Value)
				if !strings.HasSuffix(p.Name, "key.bias") { // see TestTwentyStepsEqualTheReference
					testkit.Compare(t, p.Name, weights[p.Name], c.Values[r.prefix+"final."+p.Name].Floats(), tolerance)
				}
			}
			return nil
		})
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	return weights
}

// divided are settings of one rank that computes four parts.
func divided(t *testing.T) Settings {
	t.Helper()
	world, err := collective.Meet(context.Background(), collective.Options{Place: ranks.Place{Size: 1}})
	if err != nil {
		t.Fatal(err)
	}
	alone, err := parts.New(world, 4)
	if err != nil {
		t.Fatal(err)
	}
	return Settings{Seed: 1, Compute: "fp32", Optimizer: DefaultOptimizer(), Steps: 1, Accumulate: 1, LogEvery: 1, Output: t.TempDir(), Parts: 4, Team: alone}
}

// TestWhatPartsCannot: what a step's parts would not compute as the whole is refused by name.
func TestWhatPartsCannot(t *testing.T) {
	for _, change := range []func(s *Settings){
		func(s *Settings) { s.Team = nil },
		func(s *Settings) { s.Graphs = AllGraphs },
		func(s *Settings) { s.Parts = 2 },
	} {
		s := divided(t)
		change(&s)
		if _, err := New[*data.Batch, place](&Pretraining{Model: newModel(t), Cost: free}, s); err == nil || !strings.Contains(err.Error(), "parts") {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// TestPartsNeedKernels: on a GPU whose kernels cannot be used parts are refused by name, at once; elsewhere they are not.
func TestPartsNeedKernels(t *testing.T) {
	s := divided(t)
	s.Device = device()
	_, err := New[*data.Batch, place](&Pretraining{Model: newModel(t), Cost: free}, s)
	if refused := err != nil && strings.Contains(err.Error(), "parts on "+s.Device.String()); refused != s.Device.IsCUDA() || !refused && err != nil {
		t.Error(err)
	}
}
