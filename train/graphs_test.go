package train

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/bert"
	"gobert/data"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

// TestRecordedRunsEndWithTheSameBits: a run whose steps are recorded as graphs tells the losses, and ends with the weights and moments,
// of one whose steps run as they are over the same sizes, with all dropout on; and so does one that is stopped and resumed some
// times. A recorded step is one launch for all that a batch asks for.
func TestRecordedRunsEndWithTheSameBits(t *testing.T) {
	if !device().IsCUDA() {
		t.Skip("for a GPU: TestOnCUDA runs it")
	}
	before := batchTokens
	batchTokens = 60 // so that the sizes of the last steps have come before
	t.Cleanup(func() { batchTokens = before })
	for _, compute := range []string{"fp32", "bf16", "fp16"} {
		t.Run(compute, func(t *testing.T) {
			s := settings("")
			s.Graphs, s.Compute, s.LogEvery, s.Steps = AllGraphs, compute, 1, 18
			ends, told := map[bool]string{}, map[bool][][]Value{}
			var counted standin.Counts
			for _, plain := range []bool{true, false} {
				s.Output = t.TempDir()
				trainer, done := begin(t, s)
				trainer.plain = plain
				seen := &watch{}
				trainer.Reporter = seen
				counted = countSteps(t, trainer)
				if err := trainer.Run(context.Background()); err != nil {
					t.Fatal(err)
				}
				if trainer.warned {
					t.Error("a step could not be recorded")
				}
				for _, r := range seen.steps {
					told[plain] = append(told[plain], r.Values)
				}
				ends[plain] = outcome(t, s.Output)
				done()
			}
			if diff := cmp.Diff(told[true], told[false]); diff != "" {
				t.Errorf("as graphs other measures are told: %s", diff)
			}
			if ends[true] != ends[false] {
				t.Errorf("as graphs:\n%swant:\n%s", ends[false], ends[true])
			}
			holdRecorded(t, counted, int64(s.Accumulate))
			if compute == "bf16" {
				interrupt(t, s, nil)
			}
		})
	}
}

// TestStepsWithoutKernelsAreNotRecorded: LibTorch's operators neither count targets on the card nor draw dropout by a step that lies
// there. Nothing is recorded, which is told, and the run ends with the bits of one without graphs.
func TestStepsWithoutKernelsAreNotRecorded(t *testing.T) {
	if !device().IsCUDA() {
		t.Skip("for a GPU: TestOnCUDA runs it")
	}
	s := settings("")
	s.Steps, s.EvaluateEvery = 4, 0
	ends := map[Graphs]string{}
	for _, graphs := range []Graphs{NoGraphs, AllGraphs} {
		s.Output, s.Graphs = t.TempDir(), graphs
		trainer, done := begin(t, s)
		if err := trainer.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if trainer.warned != (graphs == AllGraphs) {
			t.Errorf("%s: warned %t", graphs, trainer.warned)
		}
		ends[graphs] = outcome(t, s.Output)
		done()
	}
	if ends[NoGraphs] != ends[AllGraphs] {
		t.Errorf("got:\n%swant:\n%s", ends[AllGraphs], ends[NoGraphs])
	}
}

// countSteps counts what the last but one step asks a stand-in for; what it gives is filled in by the run.
func countSteps(t *testing.T, trainer *Trainer[*data.Batch, data.Cursor]) standin.Counts {
	t.Helper()
	counted := standin.Counts{}
	if !standin.Here() {
		return counted
	}
	var before standin.Counts
	rate := trainer.Rate
	trainer.Rate = func(step int64, progress float64) float64 { // asked when a step begins
		now := countsNow(t)
		if step == trainer.Steps-1 {
			for name, n := range now.Since(before) {
				counted[name] = n
			}
		}
		before = now
		return rate(step, progress)
	}
	return counted
}

// holdRecorded: a batch is one upload, one graph, the sums of its measures, and, in front of the graph, seed and offset of a generator
// for each attention and of the device's own. A step of several batches copies the sums first; one that is told clears them.
func holdRecorded(t *testing.T, counted standin.Counts, batches int64) {
	t.Helper()
	if !standin.Here() {
		return
	}
	const layers, fills = 2, 2
	want := standin.Counts{
		"cuda::graph": batches, "kernel::add_measures": batches, "aten::fill_": batches*fills*(layers+1) + 1, "aten::copy_": 1,
	}
	for name, n := range want {
		if counted[name] != n {
			t.Errorf("%s: %d times, want %d", name, counted[name], n)
		}
	}
	if n := counted.Operators(); n != want.Operators() {
		t.Errorf("a recorded step asks for %d operators, want %d: %v", n, want.Operators(), counted)
	}
	if counted[standin.Uploads] != batches || counted[standin.Downloads] != 1 || counted[standin.Allocations] != 0 {
		t.Errorf("%d batches and a line of the log: %v", batches, counted)
	}
}

// TestBucketsChangeNothing: what rounds sizes up to few changes loss, measures and gradients by rounding alone, and the counts of the
// measures are those of the real batch. Sizes that differ become the same.
func TestBucketsChangeNothing(t *testing.T) {
	model := smallModel(t, 2)
	model.Bert.Config.HiddenDropout, model.Bert.Config.AttentionDropout = 0, 0
	s := settings(t.TempDir())
	task := &Pretraining{Model: model, Cost: free}
	trainer, err := New[*data.Batch, data.Cursor](task, s)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	_ = torch.Run(func() error { bert.Initialize(bert.Parameters(model), 0.3, 9); return nil })
	src := source(t)
	sizes := map[int]bool{}
	for _, sequences := range []int{1, 2, 3, 5, 8, 9, 13} {
		batch := src.NewBatch()
		for i := range sequences {
			if err := src.Append(batch, 1000, i); err != nil {
				t.Fatal(err)
			}
		}
		type result struct{ measures, counts, gradients []float64 }
		results := map[bool]result{}
		for _, recorded := range []bool{false, true} {
			var r result
			if err := torch.Do(torch.Mode{Train: true, Grad: true, Many: true, Device: s.Device, Recorded: recorded}, func(p *torch.Pass) error {
				trainer.store.ZeroGrads()
				out, err := task.Loss(p, batch, 1)
				if err != nil {
					return err
				}
				for _, m := range out.Measures {
					r.measures, r.counts = append(r.measures, m.Value.Item()), append(r.counts, m.Count)
				}
				p.Backward(out.Loss, nil)
				r.gradients = wide(torch.Values[float32](trainer.store.Grads))
				if recorded {
					in, err := model.Bert.Config.Pack(p, bert.Packing{IDs: batch.IDs, Offsets: batch.Offsets})
					if err != nil {
						return err
					}
					if in.Rows <= len(batch.IDs) || in.Rows%64 != 0 {
						t.Errorf("%d tokens are %d rows", len(batch.IDs), in.Rows)
					}
					sizes[in.Rows] = true
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			results[recorded] = r
		}
		want, got := results[false], results[true]
		if d := apart(got.measures, want.measures); d > 1e-6 {
			t.Errorf("%d sequences: measures %v, without padding %v", sequences, got.measures, want.measures)
		}
		if d := apart(got.gradients, want.gradients); d > 2e-6 {
			t.Errorf("%d sequences: gradients are %.2g apart", sequences, d)
		}
		if counts := task.Counts(batch); !slices.Equal(counts, want.counts) || !slices.Equal(counts, got.counts) {
			t.Errorf("%d sequences: counts %v, of the measures %v, in buckets %v", sequences, counts, want.counts, got.counts)
		}
	}
	if len(sizes) > 5 {
		t.Errorf("seven batches have %d numbers of rows", len(sizes))
	}
}

func wide(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// apart is how far two rows are apart, as a share of the second's norm.
func apart(a, b []float64) float64 {
	var difference, norm float64
	for i := range a {
		difference += (a[i] - b[i]) * (a[i] - b[i])
		norm += b[i] * b[i]
	}
	return math.Sqrt(difference / norm)
}
