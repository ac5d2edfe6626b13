package task

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/data/labelled/features"
	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/train"
)

// tolerance is relative to the largest value of each tensor, in fp32.
const tolerance = 1e-5

// list is a feed of batches in memory.
type list struct {
	batches []*features.Batch
	at      int
}

func (l *list) Next(ctx context.Context) (*features.Batch, int, error) {
	if l.at == len(l.batches) {
		return nil, 0, io.EOF
	}
	l.at++
	return l.batches[l.at-1], l.at, ctx.Err()
}

func (l *list) Release(*features.Batch) {}

// goldenBatch packs the padded batch of a golden step.
func goldenBatch(c *testkit.Case, kind Kind, step int) *features.Batch {
	get := func(name string) []int32 {
		if t, ok := c.Values[fmt.Sprintf("%d.%s", step, name)]; ok {
			return t.Ints()
		}
		return nil
	}
	ids, types, mask, labels := get("ids"), get("types"), get("mask"), get("labels")
	length := int(c.Values[fmt.Sprintf("%d.ids", step)].Shape[1])
	b := &features.Batch{First: get("start_positions"), Last: get("end_positions")}
	for row := 0; row < len(ids); row += length {
		b.Begin()
		for i := row; i < row+length && mask[i] == 1; i++ {
			b.IDs, b.Types = append(b.IDs, ids[i]), append(b.Types, types[i])
			if kind == Tag {
				b.Tags = append(b.Tags, labels[i])
			}
		}
		b.End()
	}
	target := c.Values[fmt.Sprintf("%d.labels", step)]
	switch {
	case kind == Choice:
		b.Choices, b.Classes = 2, labels
	case kind == Classify && target.DType == "F32":
		b.Targets = target.Floats()
		b.Width = len(b.Targets) / b.Len()
	case kind == Classify:
		b.Classes = labels
	}
	return b
}

// goldenModel opens a golden case, which has no tokenizer.
func goldenModel(t *testing.T, name string, kind Kind) *Model {
	t.Helper()
	c, err := bert.Open(context.Background(), "../testdata/golden/"+name, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Config.HiddenDropout, c.Config.AttentionDropout, c.Config.ClassifierDropout = 0, 0, nil
	n, err := kind.Declare(c.Config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Place(n, bert.Options{}); err != nil {
		t.Fatal(err)
	}
	return &Model{Kind: kind, Network: n, Labels: labelsOf(kind, n), Device: torch.CPU, Compute: torch.Float32}
}

// watch records what the trainer reports.
type watch struct{ losses, norms []float32 }

func (w *watch) Step(r train.StepReport) {
	w.losses, w.norms = append(w.losses, float32(r.Values[0].Value)), append(w.norms, float32(r.GradientNorm))
}
func (w *watch) Evaluation(int64, []train.Value) {}
func (w *watch) Saved(int64, string)             {}

// vanishes says whether a parameter's gradient is 0 in exact arithmetic: it moves all that a softmax compares alike. Adam
// scales up the rounding noise that is there.
func vanishes(kind Kind, name string) bool {
	switch kind {
	case Choice:
		return name == "classifier.bias" || strings.HasSuffix(name, "key.bias")
	case Span:
		return name == "qa_outputs.bias" || name == "bert.encoder.layer.1.output.LayerNorm.bias" || strings.HasSuffix(name, "key.bias")
	}
	return strings.HasSuffix(name, "key.bias")
}

// TestTwentyStepsOfEachHeadEqualTheReference compares losses and gradient norms with Adam's usual epsilon. Weights are
// compared with a larger one, where rounding noise is not scaled up: there each is as near to the reference as the reference
// in float32 is to itself in float64 (see make_golden_finetune.py).
func TestTwentyStepsOfEachHeadEqualTheReference(t *testing.T) {
	for name, kind := range map[string]Kind{
		"sequence_single": Classify, "sequence_multi": Classify, "sequence_regression": Classify,
		"token": Tag, "span": Span, "choice": Choice,
	} {
		t.Run(name, func(t *testing.T) {
			c := testkit.GoldenFile(t, "..", "golden_finetune", name+".safetensors")
			for _, eps := range []float64{1e-8, 1e-6} {
				m := goldenModel(t, name, kind)
				defer m.Close()
				seen := twentySteps(t, m, c, eps)
				testkit.Compare(t, "losses", seen.losses, c.Values[fmt.Sprintf("%.0e.losses", eps)].Floats(), tolerance)
				testkit.Compare(t, "gradient norms", seen.norms, c.Values[fmt.Sprintf("%.0e.norms", eps)].Floats(), 10*tolerance)
				if eps < 1e-6 {
					continue
				}
				_ = torch.Run(func() error {
					for _, p := range bert.Parameters(m.Network) {
						if !vanishes(kind, p.Name) {
							testkit.Compare(t, p.Name, torch.Values[float32](p.Value), c.Values["final."+p.Name].Floats(), tolerance)
						}
					}
					return nil
				})
			}
		})
	}
}

// twentySteps trains a model on the batches of a golden case.
func twentySteps(t *testing.T, m *Model, c *testkit.Case, eps float64) *watch {
	t.Helper()
	const steps, warmup, peak = 20, 4, 2e-3
	s := train.Settings{Seed: 1, Compute: "fp32", Optimizer: train.DefaultOptimizer(), Steps: steps, Accumulate: 1, LogEvery: 1, Output: t.TempDir()}
	s.Optimizer.Eps = eps
	trainer, err := train.New[*features.Batch, int](&Training{Model: m}, s)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	feed, seen := &list{}, &watch{}
	for step := range steps {
		feed.batches = append(feed.batches, goldenBatch(c, m.Kind, step))
	}
	trainer.SetFeed(feed)
	trainer.Reporter = seen
	trainer.Rate = func(step int64, _ float64) float64 {
		if step < warmup {
			return peak * float64(step+1) / warmup
		}
		return peak * float64(steps-step) / (steps - warmup)
	}
	if err := trainer.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return seen
}
