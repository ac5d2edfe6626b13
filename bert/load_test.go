package bert

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/internal/testkit"
	"gobert/internal/torch"
)

func TestLoadedModelEqualsTheReference(t *testing.T) {
	for _, name := range []string{"model_ragged", "masked_lm"} {
		c := testkit.Golden(t, "..", name)
		m, err := Load(context.Background(), c.Dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		if (m.Pooler != nil) != (name == "model_ragged") {
			t.Errorf("%s: pooler %v", name, m.Pooler != nil)
		}
		out, err := m.Encode(input(c), Want{})
		if err != nil {
			t.Fatal(err)
		}
		last := "out.last_hidden_state"
		if !c.Has(last) {
			last = "out.hidden.2"
		}
		testkit.Compare(t, name, out.Last, rowsOf(c, last), tolerance)
	}
}

func TestSavingWhatWasLoadedGivesIdenticalTensors(t *testing.T) {
	c := testkit.Golden(t, "..", "model_ragged")
	m, err := Load(context.Background(), c.Dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	folder := filepath.Join(t.TempDir(), "saved")
	for range 2 { // the second time replaces the first
		if err := Save(m, folder, SaveOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	want, got := mustRead(t, c.Dir, "model.safetensors"), mustRead(t, folder, "model.safetensors")
	if !bytes.Equal(want, got) {
		t.Error("model.safetensors differs from the reference's")
	}
	var before, after map[string]any
	if err := json.Unmarshal(mustRead(t, c.Dir, "config.json"), &before); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(mustRead(t, folder, "config.json"), &after); err != nil {
		t.Fatal(err)
	}
	for key, value := range before {
		a, _ := json.Marshal(value)
		if b, _ := json.Marshal(after[key]); !bytes.Equal(a, b) && string(a) != "null" {
			t.Errorf("config.json: %s is %s, was %s", key, b, a)
		}
	}
}

func mustRead(t *testing.T, folder, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestBF16AndShardsRoundTrip(t *testing.T) {
	c := testkit.Golden(t, "..", "model_ragged")
	m, err := Load(context.Background(), c.Dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	folder := filepath.Join(t.TempDir(), "shards")
	if err := Save(m, folder, SaveOptions{BF16: true, ShardBytes: 20_000}); err != nil {
		t.Fatal(err)
	}
	again, err := Load(context.Background(), folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	a, err := m.Encode(input(c), Want{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := again.Encode(input(c), Want{})
	if err != nil {
		t.Fatal(err)
	}
	testkit.Compare(t, "bf16", b.Last, a.Last, 0.05)
	if files, _ := filepath.Glob(filepath.Join(folder, "model-*.safetensors")); len(files) < 2 {
		t.Errorf("shards: %v", files)
	}
}

// TestWeightsFileOpens: a path may name the weights; the configuration lies beside them.
func TestWeightsFileOpens(t *testing.T) {
	folder := testkit.Golden(t, "..", "model_ragged").Dir
	c, err := Open(context.Background(), filepath.Join(folder, "model.safetensors"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Folder != folder || c.Config.VocabSize != 67 {
		t.Errorf("folder %s, vocabulary %d", c.Folder, c.Config.VocabSize)
	}
}

func TestHeadsMissingAndExtraAreReported(t *testing.T) {
	c, err := Open(context.Background(), testkit.Golden(t, "..", "pretraining").Dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(c.Config, true)
	if err != nil {
		t.Fatal(err)
	}
	report, err := c.Place(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if len(report.Initialized) != 0 || len(report.Loaded) != len(Parameters(m)) || len(report.Unused) != 7 {
		t.Errorf("initialized %v, unused %v", report.Initialized, report.Unused)
	}
}

func TestPositionsStretch(t *testing.T) {
	c := testkit.Golden(t, "..", "model_ragged")
	m, err := Load(context.Background(), c.Dir, Options{Positions: 47})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	old := c.Weights["embeddings.position_embeddings.weight"].Floats()
	var table []float32
	run(t, func() { table = torch.Values[float32](m.Embeddings.Position.Weight.Value) })
	width := m.Config.HiddenSize
	// 24 rows stretched to 47: every second row is an old one, those between are the mean of their neighbours.
	for i := range width {
		if table[i] != old[i] || table[46*width+i] != old[23*width+i] || table[2*width+i] != old[width+i] || table[width+i] != (old[i]+old[width+i])/2 {
			t.Fatal("interpolated positions are wrong")
		}
	}
}

func TestBadModelsAreNamed(t *testing.T) {
	source := testkit.Golden(t, "..", "model_ragged").Dir
	edit := func(from, to string) func(dir string) error {
		return func(dir string) error {
			path := filepath.Join(dir, "config.json")
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o644)
		}
	}
	cases := map[string]struct {
		spoil func(dir string) error
		want  []string
	}{
		"no config":             {func(dir string) error { return os.Remove(filepath.Join(dir, "config.json")) }, []string{"config.json"}},
		"no weights":            {func(dir string) error { return os.Remove(filepath.Join(dir, "model.safetensors")) }, []string{"model.safetensors"}},
		"contradicting config":  {edit(`"vocab_size": 67`, `"vocab_size": 68`), []string{"word_embeddings", "[67 32]", "vocab_size 68", "model.safetensors", "config.json"}},
		"a longer table":        {edit(`"max_position_embeddings": 24`, `"max_position_embeddings": 20`), []string{"max_position_embeddings 20", "[24 32]", "hint"}},
		"a shorter table":       {edit(`"max_position_embeddings": 24`, `"max_position_embeddings": 600`), []string{"max_position_embeddings 600", "[24 32]", "set it to 24"}},
		"fewer types":           {edit(`"type_vocab_size": 2`, `"type_vocab_size": 1`), []string{"type_vocab_size 1", "[2 32]"}},
		"fewer layers":          {edit(`"num_hidden_layers": 2`, `"num_hidden_layers": 1`), []string{"num_hidden_layers 1", "2 layers", "set it to 2"}},
		"more layers":           {edit(`"num_hidden_layers": 2`, `"num_hidden_layers": 1000000000`), []string{"num_hidden_layers 1000000000", "2 layers"}},
		"absurd positions":      {edit(`"max_position_embeddings": 24`, `"max_position_embeddings": 1000000000000`), []string{"max_position_embeddings 1000000000000", "[24 32]"}},
		"another width inside":  {edit(`"intermediate_size": 64`, `"intermediate_size": 63`), []string{"intermediate_size 63"}},
		"relative positions":    {edit(`"vocab_size"`, `"position_embedding_type": "relative_key", "vocab_size"`), []string{"relative_key", "absolute"}},
		"another model type":    {edit(`"model_type": "bert"`, `"model_type": "roberta"`), []string{"roberta", "bert"}},
		"unknown activation":    {edit(`"hidden_act": "gelu"`, `"hidden_act": "swoosh"`), []string{"swoosh", "gelu_new"}},
		"heads that do not fit": {edit(`"num_attention_heads": 4`, `"num_attention_heads": 5`), []string{"num_attention_heads 5"}},
		"not JSON":              {edit("{", "["), []string{"config.json"}},
		"truncated weights": {
			func(dir string) error { return os.Truncate(filepath.Join(dir, "model.safetensors"), 20_000) },
			[]string{"model.safetensors"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
				t.Fatal(err)
			}
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			m, err := Load(context.Background(), dir, Options{})
			if err == nil {
				m.Close()
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v does not say %q", err, want)
				}
			}
		})
	}
}

func TestBadInputsAreNamed(t *testing.T) {
	m, err := Load(context.Background(), testkit.Golden(t, "..", "model_ragged").Dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	long := make([]int32, 25)
	cases := map[string]struct {
		in   Input
		want string
	}{
		"id too large":        {Input{IDs: []int32{1, 67}, Length: 2}, "0 to 66"},
		"negative id":         {Input{IDs: []int32{-1}, Length: 1}, "-1"},
		"type too large":      {Input{IDs: []int32{1}, Types: []int32{2}, Length: 1}, "type 2"},
		"too long":            {Input{IDs: long, Length: 25}, "24 positions"},
		"no length":           {Input{IDs: []int32{1}}, "Length"},
		"mask of other size":  {Input{IDs: []int32{1, 2}, Length: 2, Mask: []int32{1}}, "mask"},
		"mask of 2":           {Input{IDs: []int32{1}, Length: 1, Mask: []int32{2}}, "0 or 1"},
		"row of padding":      {Input{IDs: []int32{1}, Length: 1, Mask: []int32{0}}, "empty"},
		"mask of packed":      {Input{IDs: []int32{1, 2}, Offsets: []int32{0, 2}, Mask: []int32{1, 0}}, "Offsets has a Mask"},
		"offsets past end":    {Input{IDs: []int32{1}, Offsets: []int32{0, 2}}, "offsets"},
		"offsets backwards":   {Input{IDs: []int32{1, 2}, Offsets: []int32{0, 2, 1, 2}}, "empty"},
		"types of other size": {Input{IDs: []int32{1, 2}, Types: []int32{0}, Offsets: []int32{0, 2}}, "types"},
	}
	for name, c := range cases {
		if _, err := m.Encode(c.in, Want{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want it to say %q", name, err, c.want)
		}
	}
}

func TestWeightsThatAreNotNumbersAreNamed(t *testing.T) {
	m, err := Load(context.Background(), testkit.Golden(t, "..", "model_ragged").Dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	run(t, func() { m.Layers[1].MLP.Down.Bias.Value.Fill(math.NaN()) })
	_, err = m.Encode(Input{IDs: []int32{1, 2}, Length: 2}, Want{})
	if err == nil || !strings.Contains(err.Error(), "encoder.layer.1.output.dense.bias") {
		t.Errorf("got %v", err)
	}
	folder := filepath.Join(t.TempDir(), "saved")
	if err := Save(m, folder, SaveOptions{}); err != nil {
		t.Fatal(err)
	}
	var warnings []string
	again, err := Load(context.Background(), folder, Options{Warn: func(message string) { warnings = append(warnings, message) }})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if len(warnings) != 1 || !strings.Contains(warnings[0], folder+" hold NaN or infinity in encoder.layer.1.output.dense.bias:") {
		t.Errorf("warned of %q", warnings)
	}
}
