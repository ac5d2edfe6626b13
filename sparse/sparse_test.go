package sparse

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/data/labelled/features"
	"gobert/data/wordpiece"
	"gobert/internal/badinput"
	"gobert/pipeline"
)

// expected is what make_sparse.py wrote.
type expected struct {
	Texts   []string
	Vectors [][]float32 // dense
	Query   [][]float32 // behind the prompt of that name
}

func golden(t *testing.T, name string) (want expected) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name, "expected.json"))
	if err == nil {
		err = json.Unmarshal(text, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	return want
}

func opened(t *testing.T, folder string, o pipeline.Options) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.Open(t.Context(), folder, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// same compares vectors with those of the reference, which have zeros.
func same(t *testing.T, got []Vector, want [][]float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d vectors, expected %d", len(got), len(want))
	}
	for i, row := range want {
		v := got[i]
		for k, x := range row {
			y := float32(0)
			if len(v) > 0 && int(v[0].Index) == k {
				if y, v = v[0].Value, v[1:]; y <= 0 {
					t.Errorf("text %d has the weight %v of token %d", i, y, k)
				}
			}
			if math.Abs(float64(x-y)) > 1e-6 {
				t.Errorf("text %d, token %d: %v, expected %v", i, k, y, x)
			}
		}
		if len(v) > 0 {
			t.Errorf("text %d has more, or not in order: %v", i, v)
		}
	}
}

// TestAsTransformers: the maxima of transformers' logits, also where a text is cut.
func TestAsTransformers(t *testing.T) {
	want := golden(t, "plain")
	p := opened(t, "testdata/plain", pipeline.Options{})
	got, err := Embed(t.Context(), p, want.Texts)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want.Vectors)
}

// TestAsSparseEncoder: folders of sentence-transformers say how, with their prompts and lengths.
func TestAsSparseEncoder(t *testing.T) {
	for _, name := range []string{"splade", "twice"} {
		want := golden(t, name)
		for prompt, vectors := range map[string][][]float32{"": want.Vectors, "query": want.Query} {
			p := opened(t, filepath.Join("testdata", name), pipeline.Options{Vectors: pipeline.Vectors{PromptName: prompt}})
			got, err := Embed(t.Context(), p, want.Texts)
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, vectors)
			if _, err := p.Embed(t.Context(), want.Texts); err == nil || !strings.Contains(err.Error(), "sparse vectors") {
				t.Errorf("dense vectors of it: %v", err)
			}
		}
	}
}

// TestTextsInParts: what meets the vocabulary at once ends within texts, and has several.
func TestTextsInParts(t *testing.T) {
	p := opened(t, "testdata/plain", pipeline.Options{})
	special := p.Model.Tokenizer.Special()
	var all features.Batch
	var want []Vector
	for i := range 3 * rowsAtOnce / 10 { // of 3 to 14 tokens
		ids := make([]int32, 1+i%12)
		for k := range ids {
			ids[k] = int32(5 + (i*7+k*11)%40)
		}
		all.AppendTexts(special.Cls, special.Sep, ids)
		var one features.Batch
		one.AppendTexts(special.Cls, special.Sep, ids)
		alone, err := Forward(p, &one)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, alone...)
	}
	if all.Tokens() < 2*rowsAtOnce {
		t.Fatalf("%d tokens, expected several parts", all.Tokens())
	}
	got, err := Forward(p, &all)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]float32, len(want))
	for i, v := range want {
		rows[i] = make([]float32, p.Model.Network.Encoder().Config.VocabSize)
		for _, x := range v {
			rows[i][x.Index] = x.Value
		}
	}
	same(t, got, rows)
}

// TestWithoutAHead: another model says what it lacks.
func TestWithoutAHead(t *testing.T) {
	folder := t.TempDir()
	if err := badinput.WriteTiny(folder); err != nil {
		t.Fatal(err)
	}
	p := opened(t, folder, pipeline.Options{})
	_, err := Embed(t.Context(), p, []string{"rain"})
	var purpose *pipeline.PurposeError
	if !errors.As(err, &purpose) || !strings.Contains(err.Error(), "no head for masks") {
		t.Errorf("%v", err)
	}
}

// TestDot multiplies what both have.
func TestDot(t *testing.T) {
	a, b := Vector{{1, 2}, {4, 3}, {9, 1}}, Vector{{0, 5}, {4, 0.5}, {9, 4}, {10, 7}}
	if got := a.Dot(b); got != 5.5 || b.Dot(a) != got {
		t.Errorf("%v and %v, expected 5.5", got, b.Dot(a))
	}
}

// TestTermsAndTop: words have the largest weight first, and the largest are kept, in order of ids.
func TestTermsAndTop(t *testing.T) {
	v := Vector{{5, 0.5}, {6, 2}, {7, 0.5}, {8, 1}}
	if got, want := v.Top(3), (Vector{{5, 0.5}, {6, 2}, {8, 1}}); !slices.Equal(got, want) {
		t.Errorf("%v, expected %v", got, want)
	}
	if got := v.Top(9); !slices.Equal(got, v) {
		t.Errorf("all: %v", got)
	}
	words, err := wordpiece.New([]string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "<b>", `"`, "##d"}, wordpiece.Options{})
	if err != nil {
		t.Fatal(err)
	}
	terms, err := v.Terms(words)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(terms)
	if want := `{"\u003cb\u003e":2,"##d":1,"a":0.5,"\"":0.5}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, expected %s", text, err, want)
	}
	if _, err := (Vector{{9, 1}}).Terms(words); err == nil || !strings.Contains(err.Error(), "token 9") {
		t.Errorf("a word that the tokenizer lacks: %v", err)
	}
}
