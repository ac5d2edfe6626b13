package pipeline

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/internal/testkit"
)

// sentences are the texts of testdata/sentences.py.
var sentences = []string{
	"the red boat swims over the river .", "boat", "a small bird sings near one old tree , and a large stone falls in the water !", "",
	"Old River BOAT unknown é É", "not the house : the [MASK] walks ?", "green green green green green",
}

// expectation is what sentence-transformers says, for one way of asking.
type expectation struct {
	Asked struct {
		Prompt *string `json:"prompt"`
		Name   string  `json:"prompt_name"`
	} `json:"asked"`
	Width      int       `json:"width"`
	Vectors    []float32 `json:"vectors"`
	Similarity []float32 `json:"similarity"`
}

// TestFoldersGiveTheVectorsOfSentenceTransformers: each way to pool, in the old and the new form of its settings, joined ones,
// what follows the pooling, prompts, lengths and letters; texts of different lengths in one batch.
func TestFoldersGiveTheVectorsOfSentenceTransformers(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("testdata", "sentences", "*"))
	if err != nil || len(folders) < 10 {
		t.Fatalf("%d folders, %v", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, "expected.json"))
			if err != nil {
				t.Fatal(err)
			}
			var expected struct{ Cases []expectation }
			if err := json.Unmarshal(text, &expected); err != nil || len(expected.Cases) == 0 {
				t.Fatal(err, "no cases")
			}
			for _, want := range expected.Cases {
				o := Options{Vectors: Vectors{Prompt: want.Asked.Prompt, PromptName: want.Asked.Name}, Warn: func(message string) { t.Error(message) }}
				if filepath.Base(folder) == "plain" { // without a modules.json our own default is a length of 1
					no := false
					o.Vectors.Normalize = &no
				}
				compareVectors(t, folder, o, want)
			}
		})
	}
}

func compareVectors(t *testing.T, folder string, o Options, want expectation) {
	t.Helper()
	e, err := openEmbedder(t, folder, o)
	if err != nil {
		t.Fatal(err)
	}
	if e.Width != want.Width {
		t.Fatalf("%d numbers, want %d", e.Width, want.Width)
	}
	got := vectorsOf(t, e, sentences)
	testkit.Compare(t, "vectors", got, want.Vectors, 1e-6)
	var similarity []float32
	for i := range want.Similarity {
		a, b := got[i*want.Width:(i+1)*want.Width], got[(i+1)*want.Width:(i+2)*want.Width]
		similarity = append(similarity, float32(e.Similarity.Of(a, b)))
	}
	testkit.Compare(t, "similarity", similarity, want.Similarity, 1e-6)
}

// openEmbedder opens a folder for vectors, until the end of the test.
func openEmbedder(t *testing.T, folder string, o Options) (*Embedder, error) {
	t.Helper()
	o.Bare = true
	p, err := Open(t.Context(), folder, o)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = p.Close() })
	return p.Embedder()
}

func vectorsOf(t *testing.T, e *Embedder, texts []string) (all []float32) {
	t.Helper()
	_, err := e.Stream(context.Background(), labelled.Given(plain(texts)),
		func(vector []float32) error {
			all = append(all, vector...)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOptionsComeBeforeTheFolder: what is asked for by name is done, whatever the folder says.
func TestOptionsComeBeforeTheFolder(t *testing.T) {
	yes, no := true, false
	length := func(o Options, name string) float64 {
		e, err := openEmbedder(t, filepath.Join("testdata", "sentences", name), o)
		if err != nil {
			t.Fatal(err)
		}
		if o.Vectors.Pooling != nil && e.Pooling.String() != strings.Join(o.Vectors.Pooling, "+") {
			t.Errorf("pooling %v", e.Pooling)
		}
		sum := 0.0
		for _, x := range vectorsOf(t, e, sentences[:1]) {
			sum += float64(x) * float64(x)
		}
		return math.Sqrt(sum)
	}
	for _, c := range []struct {
		name string
		o    Options
		one  bool
	}{
		{"mean_normalized", Options{}, true},
		{"mean_normalized", Options{Vectors: Vectors{Normalize: &no}}, false},
		{"cls", Options{}, false},
		{"cls", Options{Vectors: Vectors{Normalize: &yes}}, true},
		{"stack", Options{Vectors: Vectors{Normalize: &yes}}, true},
		{"plain", Options{}, true},
		{"cls", Options{Vectors: Vectors{Pooling: []string{"max", "lasttoken"}}}, false},
	} {
		if got := length(c.o, c.name); (math.Abs(got-1) < 1e-6) != c.one {
			t.Errorf("%s, %+v: length %v", c.name, c.o, got)
		}
	}
}

// TestWhatAFolderAsksForAndDoesNotGet: one error that names the file and the key.
func TestWhatAFolderAsksForAndDoesNotGet(t *testing.T) {
	const pooling, network, prompts = "1_Pooling/config.json", "sentence_bert_config.json", "config_sentence_transformers.json"
	text := "find"
	for name, c := range map[string]struct {
		from, file, text string
		o                Options
		want             []string
	}{
		"another module":        {from: "cls", file: "modules.json", text: `[{"name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}, {"name": "1", "path": "", "type": "sentence_transformers.models.CNN"}]`, want: []string{"modules.json", "module 1", "CNN"}},
		"a module of one's own": {from: "cls", file: "modules.json", text: `[{"name": "0", "path": "", "type": "mine.Transformer"}]`, want: []string{"modules.json", "mine.Transformer"}},
		"no pooling":            {from: "cls", file: "modules.json", text: `[{"name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]`, want: []string{"modules.json", "1 modules"}},
		"a path outside":        {from: "cls", file: "modules.json", text: `[{"name": "0", "path": "../other", "type": "sentence_transformers.models.Transformer"}]`, want: []string{"modules.json", "../other"}},
		"no list":               {from: "cls", file: "modules.json", text: `{}`, want: []string{"modules.json", "expected a list"}},
		"unknown pooling":       {from: "cls", file: pooling, text: `{"embedding_dimension": 8, "pooling_mode": "first"}`, want: []string{pooling, "pooling_mode", `"first"`}},
		"unknown switch":        {from: "cls", file: pooling, text: `{"pooling_mode_best": true}`, want: []string{pooling, "pooling_mode_best"}},
		"switch without sense":  {from: "cls", file: pooling, text: `{"pooling_mode_cls_token": "yes"}`, want: []string{pooling, "pooling_mode_cls_token", "true or false"}},
		"other spelling":        {from: "cls", file: pooling, text: `{"Pooling_Mode": "cls"}`, want: []string{pooling, "Pooling_Mode"}},
		"activation":            {from: "several", file: "2_Dense/config.json", text: `{"in_features": 24, "out_features": 6, "bias": false, "activation_function": "mine.Squash"}`, want: []string{"2_Dense/config.json", "activation_function", "mine.Squash"}},
		"dense elsewhere":       {from: "several", file: "2_Dense/config.json", text: `{"in_features": 24, "out_features": 6, "bias": false, "module_input_name": "token_embeddings"}`, want: []string{"2_Dense/config.json", "module_input_name"}},
		"dense of other size":   {from: "several", file: "2_Dense/config.json", text: `{"in_features": 24, "out_features": 7, "bias": false}`, want: []string{"linear.weight", "[6 24]", "[7 24]"}},
		"dense with a bias":     {from: "several", file: "2_Dense/config.json", text: `{"in_features": 24, "out_features": 6}`, want: []string{"2_Dense", "lacks linear.bias"}},
		"dense without":         {from: "several_old", file: "2_Dense/config.json", text: `{"in_features": 24, "out_features": 5, "bias": false}`, want: []string{"2_Dense", "linear.bias"}},
		"dense too wide":        {from: "several", file: pooling, text: `{"pooling_mode": "mean"}`, want: []string{"takes vectors of 24 numbers", "gets 8"}},
		"absurd length":         {from: "cls", file: network, text: `{"max_seq_length": -1}`, want: []string{network, "max_seq_length"}},
		"other arguments":       {from: "cls", file: network, text: `{"model_args": {"add_pooling_layer": true}}`, want: []string{network, "model_args"}},
		"unknown setting":       {from: "cls", file: network, text: `{"max_sequence": 7}`, want: []string{network, "max_sequence"}},
		"unknown prompt":        {from: "prompts", o: Options{Vectors: Vectors{PromptName: "search"}}, want: []string{`"search"`, "passage", "query"}},
		"default prompt":        {from: "cls", file: prompts, text: `{"prompts": {"a": "b"}, "default_prompt_name": "c"}`, want: []string{prompts, "default_prompt_name", `"c"`}},
		"sparse":                {from: "cls", file: prompts, text: `{"model_type": "SparseEncoder"}`, want: []string{prompts, "model_type", "SparseEncoder"}},
		"similarity":            {from: "cls", file: prompts, text: `{"similarity_fn_name": "maxsim"}`, want: []string{prompts, "similarity_fn_name", "maxsim"}},
		"a prompt too long":     {from: "cls", o: Options{Vectors: Vectors{Prompt: &text}, MaxLength: 3}, want: []string{`"find"`, "nothing of a text"}},
		"no room":               {from: "cls", o: Options{MaxLength: 2}, want: []string{"2 tokens", "at least 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", "sentences", c.from))); err != nil {
				t.Fatal(err)
			}
			if c.file != "" {
				if err := os.WriteFile(filepath.Join(folder, c.file), []byte(c.text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := openEmbedder(t, folder, c.o)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %q", err, want)
				}
			}
		})
	}
}
