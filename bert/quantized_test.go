package bert_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

// oddConfig has sizes that fill no tile.
func oddConfig() bert.Config {
	c := bert.DefaultConfig()
	c.VocabSize, c.HiddenSize, c.NumLayers, c.NumHeads, c.IntermediateSize, c.MaxPositions = 101, 36, 2, 3, 70, 24
	return c
}

// drawnNetwork is a network with a head for masked tokens, and random weights.
func drawnNetwork(t *testing.T, c bert.Config) *heads.Pretraining {
	t.Helper()
	n, err := heads.NewPretraining(c)
	if err != nil {
		t.Fatal(err)
	}
	store, err := bert.Flatten(n, bert.Device{})
	if err == nil {
		err = torch.Run(func() error { bert.Initialize(store.Parameters, 0.3, 1); return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func saved(t *testing.T, n bert.Network) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "model")
	if err := bert.Save(n, folder, bert.SaveOptions{}); err != nil {
		t.Fatal(err)
	}
	return folder
}

// opened fills the network of drawnNetwork from a folder.
func opened(t *testing.T, folder string, o bert.Options) (*heads.Pretraining, error) {
	t.Helper()
	c, err := bert.Open(context.Background(), folder, nil)
	if err != nil {
		return nil, err
	}
	n, err := heads.NewPretraining(c.Config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Place(n, o); err != nil {
		return nil, err
	}
	t.Cleanup(func() { n.Bert.Close() })
	return n, nil
}

var someInput = bert.Input{IDs: []int32{1, 5, 9, 100, 2, 1, 7, 2}, Offsets: []int32{0, 5, 8}}

func encoded(t *testing.T, m *bert.Model) []float32 {
	t.Helper()
	out, err := m.Encode(someInput, bert.Want{})
	if err != nil {
		t.Fatal(err)
	}
	return append(out.Last, out.Pooled...)
}

func scored(t *testing.T, n *heads.Pretraining) (logits []float32) {
	t.Helper()
	err := bert.Do(n.Bert.Mode(), func(p *bert.Pass) error {
		in, err := n.Bert.Config.Pack(p, bert.Packing{IDs: someInput.IDs, Offsets: someInput.Offsets})
		if err != nil {
			return err
		}
		last := n.Bert.Forward(p, in, bert.Want{}).Last
		logits = bert.Values[float32](n.MaskedLM.Logits(p, n.Bert, last, bert.From(p, []int32{1, 6}, 2)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return logits
}

// apart is the root mean square of a difference, over that of what it should be.
func apart(got, want []float32) float64 {
	var off, all float64
	for i := range want {
		off += math.Pow(float64(got[i]-want[i]), 2)
		all += math.Pow(float64(want[i]), 2)
	}
	return math.Sqrt(off / all)
}

// TestInt8FolderIsTheModelInInt8: a model that computes in int8 is close to itself in fp32; saved and opened again it gives the same bits,
// also after its weights were packed.
func TestInt8FolderIsTheModelInInt8(t *testing.T) {
	folder := saved(t, drawnNetwork(t, oddConfig()))
	exact, err := opened(t, folder, bert.Options{})
	if err != nil {
		t.Fatal(err)
	}
	quantized, err := opened(t, folder, bert.Options{Compute: "int8"})
	if err != nil {
		t.Fatal(err)
	}
	hidden, words := encoded(t, quantized.Bert), scored(t, quantized)
	for what, off := range map[string]float64{"hidden states": apart(hidden, encoded(t, exact.Bert)), "scores": apart(words, scored(t, exact))} {
		if off == 0 || off > 0.03 {
			t.Errorf("%s are %v apart", what, off)
		}
	}
	alone, err := quantized.Bert.Encode(bert.Input{IDs: someInput.IDs[5:], Offsets: []int32{0, 3}}, bert.Want{})
	if err != nil {
		t.Fatal(err)
	}
	if width := alone.Width; !slices.Equal(alone.Last, hidden[5*width:8*width]) {
		t.Error("a text gives other bits alone than beside another one")
	}
	again := saved(t, quantized) // after its passes: everything is packed
	for _, compute := range []string{"", "auto", "int8"} {
		n, err := opened(t, again, bert.Options{Compute: compute})
		if err != nil {
			t.Fatalf("compute %q: %v", compute, err)
		}
		if !slices.Equal(encoded(t, n.Bert), hidden) || !slices.Equal(scored(t, n), words) {
			t.Errorf("compute %q: the folder gives other bits than the model that it was made from", compute)
		}
	}
	both, err := weights.OpenSafetensors(filepath.Join(again, weights.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	defer both.Close()
	for name, want := range map[string]weights.DType{
		"bert.encoder.layer.1.output.dense.weight": weights.I8, "bert.encoder.layer.1.output.dense.weight_scale": weights.F32,
		"bert.embeddings.word_embeddings.weight": weights.I8, "bert.pooler.dense.weight": weights.I8, "bert.embeddings.LayerNorm.weight": weights.F32,
		"cls.predictions.transform.dense.weight": weights.F32, "cls.seq_relationship.weight": weights.F32,
	} {
		if w, ok := both.Tensor(name); !ok || w.DType != want {
			t.Errorf("%s is %v, want %v", name, w.DType, want)
		}
	}
}

// TestInt8WeightsAreRefusedByName where they cannot serve.
func TestInt8WeightsAreRefusedByName(t *testing.T) {
	plain := saved(t, drawnNetwork(t, oddConfig()))
	quantized, err := opened(t, plain, bert.Options{Compute: "int8"})
	if err != nil {
		t.Fatal(err)
	}
	folder := saved(t, quantized)
	for _, compute := range []string{"fp32", "bf16", "fp16"} {
		if _, err := opened(t, folder, bert.Options{Compute: compute}); err == nil || !strings.Contains(err.Error(), "are int8, which can be used on the CPU") {
			t.Errorf("compute %s: %v", compute, err)
		}
	}
	if _, err := bert.Flatten(quantized, bert.Device{}); err == nil || !strings.Contains(err.Error(), "are used and not trained") {
		t.Errorf("training: %v", err)
	}
	if err := bert.Save(quantized, filepath.Join(t.TempDir(), "half"), bert.SaveOptions{BF16: true}); err == nil || !strings.Contains(err.Error(), "are not written in bf16") {
		t.Errorf("saving in bf16: %v", err)
	}
	config, err := os.ReadFile(filepath.Join(folder, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, weights.ModelFile)
	for name, c := range map[string]struct {
		change func(list []weights.Tensor) []weights.Tensor
		config string
		want   string
	}{
		"says nothing": {nil, strings.Replace(string(config), "quantization_config", "other", 1), "eight-bit integers, of which"},
		"other scheme": {nil, strings.Replace(string(config), `"num_bits": 8`, `"num_bits": 4`, 1), "quantization_config is"},
		"no scale": {func(list []weights.Tensor) []weights.Tensor {
			return slices.DeleteFunc(list, func(w weights.Tensor) bool { return w.Name == "bert.pooler.dense.weight_scale" })
		}, "", "bert.pooler.dense.weight_scale is not there"},
		"one scale": {func(list []weights.Tensor) []weights.Tensor {
			for i, w := range list {
				if w.Name == "bert.pooler.dense.weight_scale" {
					list[i].Shape, list[i].Data = []int64{1, 1}, w.Data[:4]
				}
			}
			return list
		}, "", "expected F32[36 1]"},
		"no integers": {func(list []weights.Tensor) []weights.Tensor {
			return slices.DeleteFunc(list, func(w weights.Tensor) bool { return w.DType == weights.I8 || strings.HasSuffix(w.Name, "_scale") })
		}, "", "hold no eight-bit integers"},
		"integers for a bias": {func(list []weights.Tensor) []weights.Tensor {
			for i, w := range list {
				if w.Name == "bert.pooler.dense.bias" {
					list[i].DType, list[i].Data = weights.I8, w.Data[:36]
				}
			}
			return list
		}, "", "holds I8: expected F32, F16, BF16 or F64"},
	} {
		other := filepath.Join(t.TempDir(), "other")
		if err := os.CopyFS(other, os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
		if c.config != "" {
			if err := os.WriteFile(filepath.Join(other, "config.json"), []byte(c.config), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if c.change != nil {
			source, err := weights.OpenSafetensors(file)
			if err == nil {
				err = weights.Write(filepath.Join(other, weights.ModelFile), c.change(slices.Clone(source.Tensors())), nil)
				source.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := opened(t, other, bert.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}

// TestDetachedInt8ModelNeedsNoFile: it gives the same bits when its file is gone, and cut.
func TestDetachedInt8ModelNeedsNoFile(t *testing.T) {
	quantized, err := opened(t, saved(t, drawnNetwork(t, oddConfig())), bert.Options{Compute: "int8"})
	if err != nil {
		t.Fatal(err)
	}
	folder := saved(t, quantized)
	n, err := opened(t, folder, bert.Options{})
	if err == nil {
		err = bert.Detach(n)
	}
	if err == nil {
		err = os.Truncate(filepath.Join(folder, weights.ModelFile), 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(encoded(t, n.Bert), encoded(t, quantized.Bert)) || !slices.Equal(scored(t, n), scored(t, quantized)) {
		t.Error("a model that was detached gives other bits")
	}
}

// TestInt8StretchesAndTakesLayers: what may be asked of a folder may be asked of one in int8.
func TestInt8StretchesAndTakesLayers(t *testing.T) {
	quantized, err := opened(t, saved(t, drawnNetwork(t, oddConfig())), bert.Options{Compute: "int8"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := bert.Load(context.Background(), saved(t, quantized), bert.Options{Positions: 40, Layers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	long := bert.Input{IDs: slices.Repeat([]int32{3, 4}, 20), Length: 40}
	out, err := m.Encode(long, bert.Want{})
	if err != nil || !bert.Finite(out.Last) {
		t.Errorf("%v", err)
	}
}

// tinyInt8 is a network whose layers are wide enough for the kernels, in int8.
func tinyInt8(t *testing.T) *heads.Pretraining {
	t.Helper()
	config, err := bert.Size("tiny")
	if err != nil {
		t.Fatal(err)
	}
	config.VocabSize = 300
	n, err := opened(t, saved(t, drawnNetwork(t, config)), bert.Options{Compute: "int8"})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestInt8LayersTogetherGiveTheBitsOfEach: all layers in one call are what they are one by one, which a pass takes that wants what is between
// them; texts of several lengths, and rows enough for several threads.
func TestInt8LayersTogetherGiveTheBitsOfEach(t *testing.T) {
	m := tinyInt8(t)
	in := bert.Input{Offsets: []int32{0}}
	for _, tokens := range []int{1, 17, 64, 128, 3, 128, 90} {
		for i := range tokens {
			in.IDs = append(in.IDs, int32((7*tokens+31*i)%300))
		}
		in.Offsets = append(in.Offsets, int32(len(in.IDs)))
	}
	together, err := m.Bert.Encode(in, bert.Want{})
	if err != nil {
		t.Fatal(err)
	}
	each, err := m.Bert.Encode(in, bert.Want{Hidden: true})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(together.Last, each.Last) || !slices.Equal(together.Pooled, each.Pooled) {
		t.Error("layers in one call give other bits than one by one")
	}
}

// TestInt8ModelsCloseWhileThreadsEnd: a thread that is late in a pass reads nothing of a folder that is closed.
func TestInt8ModelsCloseWhileThreadsEnd(t *testing.T) {
	folder := saved(t, tinyInt8(t))
	in := bert.Input{IDs: slices.Repeat([]int32{3, 4, 5, 6}, 64), Length: 64}
	for range 30 {
		m, err := bert.Load(context.Background(), folder, bert.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Encode(in, bert.Want{}); err != nil {
			t.Fatal(err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
