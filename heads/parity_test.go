package heads

import (
	"encoding/json"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

// tolerance is relative to each tensor's largest value, in fp32.
const tolerance = 1e-5

// device is where the tests run: the CPU, or what GOBERT_TEST_DEVICE names.
func device(t testing.TB) torch.Device {
	t.Helper()
	d, err := torch.ParseDevice(standin.Device())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// fill gives a network the case's weights, by name, without the readers of weights.
func fill(t testing.TB, c *testkit.Case, n bert.Network) *bert.Store {
	t.Helper()
	return fillOn(t, c, n, device(t))
}

func fillOn(t testing.TB, c *testkit.Case, n bert.Network, d torch.Device) *bert.Store {
	t.Helper()
	s := bert.NewStore(n, d)
	for _, p := range s.Parameters {
		w, ok := c.Weights[p.Name]
		if !ok {
			t.Fatalf("the reference has no %s", p.Name)
		}
		x := torch.NewFrom(w.Floats(), torch.CPU, w.Shape...)
		p.Value.CopyFrom(x, false)
		x.Free()
	}
	return s
}

// batch turns the case's padded input into a packed one, and counts each row's tokens.
func batch(t testing.TB, p *torch.Pass, c *testkit.Case, config bert.Config) (*bert.Packed, packing) {
	t.Helper()
	ids := c.Values["in.ids"]
	length := int(ids.Shape[1])
	all, types, mask := ids.Ints(), c.Values["in.types"].Ints(), c.Values["in.mask"].Ints()
	b := packing{offsets: []int32{0}, row: make([]int, len(all))}
	var packedTypes []int32
	for i, m := range mask {
		if m == 1 {
			b.row[i] = len(b.ids)
			b.ids, packedTypes = append(b.ids, all[i]), append(packedTypes, types[i])
		}
		if (i+1)%length == 0 {
			b.offsets = append(b.offsets, int32(len(b.ids)))
		}
	}
	in, err := config.Pack(p, bert.Packing{IDs: b.ids, Types: packedTypes, Offsets: b.offsets})
	if err != nil {
		t.Fatal(err)
	}
	return in, b
}

type packing struct {
	ids, offsets []int32
	row          []int // packed row of each cell of the padded input
}

// pick gives the packed rows of a golden [B,T,C] (or [B,T]) tensor.
func pick[T any](c *testkit.Case, values []T) []T {
	mask := c.Values["in.mask"].Ints()
	width := len(values) / len(mask)
	var rows []T
	for i, m := range mask {
		if m == 1 {
			rows = append(rows, values[i*width:(i+1)*width]...)
		}
	}
	return rows
}

func int64s(x []int32) []int64 {
	out := make([]int64, len(x))
	for i, v := range x {
		out[i] = int64(v)
	}
	return out
}

func labels(p *torch.Pass, c *testkit.Case, name string) *torch.Tensor {
	values := int64s(c.Values[name].Ints())
	return torch.From(p, values, int64(len(values)))
}

// runs holds each case's head: it compares the logits and returns the loss.
var runs = map[string]func(t *testing.T, p *torch.Pass, c *testkit.Case, n bert.Network) *torch.Tensor{
	"pretraining": runPretraining, "masked_lm": runPretraining, "next_sentence": runPretraining,
	"sequence_single": runSequence, "sequence_multi": runSequence, "sequence_regression": runSequence,
	"token": runToken, "span": runSpan, "span_ragged": runSpan, "choice": runChoice,
}

func build(t testing.TB, name string, config bert.Config) bert.Network {
	t.Helper()
	constructors := map[string]func(bert.Config) (bert.Network, error){
		"pretraining":   func(c bert.Config) (bert.Network, error) { return NewPretraining(c) },
		"masked_lm":     func(c bert.Config) (bert.Network, error) { return NewMaskedLM(c) },
		"next_sentence": func(c bert.Config) (bert.Network, error) { return NewNextSentence(c) },
		"sequence":      func(c bert.Config) (bert.Network, error) { return NewSequence(c) },
		"token":         func(c bert.Config) (bert.Network, error) { return NewToken(c) },
		"span":          func(c bert.Config) (bert.Network, error) { return NewSpan(c) },
		"choice":        func(c bert.Config) (bert.Network, error) { return NewChoice(c) },
	}
	kind, _, found := strings.Cut(name, "_")
	if found && kind != "sequence" && kind != "span" {
		kind = name
	}
	n, err := constructors[kind](config)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestHeadsEqualTheReference(t *testing.T) {
	for name, loss := range runs {
		t.Run(name, func(t *testing.T) {
			c := testkit.Golden(t, "..", name)
			config, err := bert.ReadConfig(c.Dir)
			if err != nil {
				t.Fatal(err)
			}
			n := build(t, name, config)
			if want := config.Architectures[0]; n.Architecture() != want {
				t.Errorf("architecture %s, want %s", n.Architecture(), want)
			}
			err = torch.Do(torch.Mode{Grad: true, Train: true, Device: device(t)}, func(p *torch.Pass) error {
				s := fill(t, c, n)
				defer s.Free()
				s.PrepareTraining()
				l := loss(t, p, c, n)
				testkit.Compare(t, "loss", torch.Values[float32](l), c.Values["out.loss"].Floats(), tolerance)
				p.Backward(l, nil)
				compareGradients(t, p, c, s)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func compareGradients(t *testing.T, p *torch.Pass, c *testkit.Case, s *bert.Store) {
	for _, q := range s.Parameters {
		want, ok := c.Values["grad."+q.Name]
		// A key's bias moves every score of a row alike, and a choice's bias all its scores: rounding noise around 0.
		noise := strings.HasSuffix(q.Name, "key.bias") || strings.HasSuffix(c.Dir, "choice") && q.Name == "classifier.bias"
		if !ok || noise {
			continue
		}
		testkit.Compare(t, "gradient of "+q.Name, torch.Values[float32](p.Adopt(q.Value.Grad())), want.Floats(), tolerance)
	}
	byName := map[string]bool{}
	for _, q := range s.Parameters {
		byName[q.Name] = true
	}
	for _, name := range c.Gradients() {
		if !byName[name] {
			t.Errorf("the reference trains %s, which we lack", name)
		}
	}
}

func runPretraining(t *testing.T, p *torch.Pass, c *testkit.Case, network bert.Network) *torch.Tensor {
	n := network.(*Pretraining)
	in, b := batch(t, p, c, n.Bert.Config)
	var targets PretrainingTargets
	if n.MaskedLM != nil {
		var rows, ids []int32
		for i, id := range c.Values["in.labels"].Ints() {
			if id >= 0 {
				rows, ids = append(rows, int32(b.row[i])), append(ids, id)
			}
		}
		targets.Rows, targets.IDs = rows, ids
		all := make([]int32, len(b.ids))
		for i := range all {
			all[i] = int32(i)
		}
		key := "out.prediction_logits"
		if !c.Has(key) {
			key = "out.logits"
		}
		logits := n.MaskedLM.Logits(p, n.Bert, n.Bert.Forward(p, in, bert.Want{}).Last, torch.From(p, all, int64(len(all))))
		testkit.Compare(t, "prediction logits", torch.Values[float32](logits), pick(c, c.Values[key].Floats()), tolerance)
	}
	if n.Next != nil {
		key := "in.next_sentence_label"
		if !c.Has(key) {
			key = "in.labels"
		}
		targets.Next = int64s(c.Values[key].Ints())
	}
	loss := n.Loss(p, in, targets, 1)
	if n.Next != nil {
		key := "out.seq_relationship_logits"
		if !c.Has(key) {
			key = "out.logits"
		}
		logits := n.NextLogits(p, in, n.Bert.Forward(p, in, bert.Want{}).Last)
		testkit.Compare(t, "next sentence logits", torch.Values[float32](logits), c.Values[key].Floats(), tolerance)
	}
	return loss.Total
}

func runSequence(t *testing.T, p *torch.Pass, c *testkit.Case, network bert.Network) *torch.Tensor {
	n := network.(*Sequence)
	in, _ := batch(t, p, c, n.Bert.Config)
	logits := n.Logits(p, in)
	testkit.Compare(t, "logits", torch.Values[float32](logits), c.Values["out.logits"].Floats(), tolerance)
	want := c.Values["in.labels"]
	if want.DType == "F32" {
		return n.Loss(p, logits, torch.From(p, want.Floats(), want.Shape...), Regularization{})
	}
	return n.Loss(p, logits, labels(p, c, "in.labels"), Regularization{})
}

func runToken(t *testing.T, p *torch.Pass, c *testkit.Case, network bert.Network) *torch.Tensor {
	n := network.(*Token)
	in, _ := batch(t, p, c, n.Bert.Config)
	logits := n.Logits(p, in)
	testkit.Compare(t, "logits", torch.Values[float32](logits), pick(c, c.Values["out.logits"].Floats()), tolerance)
	tags := int64s(pick(c, c.Values["in.labels"].Ints()))
	return n.Loss(p, logits, torch.From(p, tags, int64(len(tags))), Regularization{})
}

func runSpan(t *testing.T, p *torch.Pass, c *testkit.Case, network bert.Network) *torch.Tensor {
	n := network.(*Span)
	in, _ := batch(t, p, c, n.Bert.Config)
	logits := n.Logits(p, in)
	for i, key := range []string{"out.start_logits", "out.end_logits"} {
		testkit.Compare(t, key, torch.Values[float32](p.Select(logits, 1, int64(i))), pick(c, c.Values[key].Floats()), tolerance)
	}
	positions := func(key string) *torch.Tensor {
		values := int64s(c.Values[key].Ints())
		for i, at := range values {
			if at >= c.Values["in.ids"].Shape[1] { // the reference leaves out what lies beyond the end
				values[i] = torch.IgnoreIndex
			}
		}
		return torch.From(p, values, int64(len(values)))
	}
	return n.Loss(p, in, logits, positions("in.start_positions"), positions("in.end_positions"))
}

func runChoice(t *testing.T, p *torch.Pass, c *testkit.Case, network bert.Network) *torch.Tensor {
	n := network.(*Choice)
	in, _ := batch(t, p, c, n.Bert.Config)
	logits := n.Logits(p, in, 2)
	testkit.Compare(t, "logits", torch.Values[float32](logits), c.Values["out.logits"].Floats(), tolerance)
	return n.Loss(p, logits, labels(p, c, "in.labels"), Regularization{})
}

func TestAnUntiedDecoderIsRefused(t *testing.T) {
	config := bert.DefaultConfig()
	config.Extra = map[string]json.RawMessage{"tie_word_embeddings": json.RawMessage("false")}
	if _, err := NewMaskedLM(config); err == nil || !strings.Contains(err.Error(), "tie_word_embeddings") {
		t.Errorf("got %v", err)
	}
	if _, err := NewNextSentence(config); err != nil {
		t.Error(err)
	}
}
