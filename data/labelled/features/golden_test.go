package features

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
	"gobert/data/wordpiece"
)

const golden = "../testdata/golden"

func readGolden(t testing.TB, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(golden, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

func openTokenizer(t testing.TB) Tokenizer {
	t.Helper()
	w, err := wordpiece.Open(golden)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// sequences parts a batch.
func sequences(b *Batch, values []int32) [][]int32 {
	var out [][]int32
	for i := range b.Sequences() {
		out = append(out, values[b.Offsets[i]:b.Offsets[i+1]])
	}
	return out
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestClassifierEqualsReference(t *testing.T) {
	var g struct {
		Cases []struct {
			Text       string
			Pair       *string
			Max        int
			IDs, Types []int32
		}
		Choices []struct {
			Prompt     string
			Choices    []string
			Max        int
			IDs, Types [][]int32
		}
	}
	readGolden(t, "classify.json", &g)
	tokenizer := openTokenizer(t)
	var b Batch
	for i, c := range g.Cases {
		e := labelled.Example{Text: c.Text}
		if c.Pair != nil {
			e.Pair, e.HasPair = *c.Pair, true
		}
		b.Reset()
		encoder := must[Encoder](t)(NewClassifier(tokenizer, nil, Options{MaxLength: c.Max}))
		if err := encoder.Append(&b, &e); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(b.IDs, c.IDs) || !slices.Equal(b.Types, c.Types) {
			t.Errorf("case %d, max %d, %q and %q:\n got %v %v\nwant %v %v", i, c.Max, c.Text, e.Pair, b.IDs, b.Types, c.IDs, c.Types)
		}
	}
	for i, c := range g.Choices {
		var b Batch
		encoder := must[Encoder](t)(NewChooser(tokenizer, Options{MaxLength: c.Max}))
		if err := encoder.Append(&b, &labelled.Example{Text: c.Prompt, Choices: c.Choices}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.IDs, sequences(&b, b.IDs)) + cmp.Diff(c.Types, sequences(&b, b.Types)); diff != "" {
			t.Errorf("choices %d: %s", i, diff)
		}
		if b.Len() != 1 || b.Choices != 4 || b.Length(0) != len(b.IDs) {
			t.Errorf("choices %d: %d features of %d choices", i, b.Len(), b.Choices)
		}
	}
}

func TestTaggerEqualsReference(t *testing.T) {
	var g struct {
		Names  []string
		Tokens [][]string
		Tags   [][]string
		Runs   []struct {
			All         bool
			Max         int
			IDs, Labels [][]int32
		}
	}
	readGolden(t, "tag.json", &g)
	labels := labelled.NewLabels(labelled.Single, g.Names)
	var examples []labelled.Example
	for i := range g.Tokens {
		examples = append(examples, labelled.Example{Words: g.Tokens[i], Tags: g.Tags[i], Labelled: true})
	}
	for _, run := range g.Runs {
		encoder := must[Encoder](t)(NewTagger(openTokenizer(t), labels, Options{MaxLength: run.Max, AllPieces: run.All}))
		set := must[*Set](t)(Encode(encoder, examples, labelled.Stop, nil))
		if diff := cmp.Diff(run.IDs, sequences(&set.All, set.All.IDs)) + cmp.Diff(run.Labels, sequences(&set.All, set.All.Tags)); diff != "" {
			t.Errorf("all pieces %v, max %d: %s", run.All, run.Max, diff)
		}
	}
}

// questions are the examples of span.json.
type questions struct {
	ID, Question, Context []string
	Answers               []struct {
		Text  []string
		Start []int `json:"answer_start"`
	}
	Runs []struct {
		Max, Stride int
		Questions   []int
		Example     []string
		IDs, Types  [][]int32
		First, Last []int32
		Offsets     [][]*[2]int
	}
}

func (q *questions) example(t testing.TB, i int) labelled.Example {
	e := labelled.Example{ID: q.ID[i], Text: q.Question[i], Pair: q.Context[i], HasPair: true, Labelled: true}
	for k, text := range q.Answers[i].Text {
		a, err := labelled.Locate(e.Origin, e.Pair, text, q.Answers[i].Start[k])
		if err != nil {
			t.Fatal(err)
		}
		e.Answers = append(e.Answers, a)
	}
	return e
}

func TestReaderEqualsReference(t *testing.T) {
	var g questions
	readGolden(t, "span.json", &g)
	ends := 0 // answers that the reference puts on the [SEP]
	for _, run := range g.Runs {
		t.Run(fmt.Sprintf("max=%d,stride=%d", run.Max, run.Stride), func(t *testing.T) {
			var examples []labelled.Example
			for _, i := range run.Questions {
				examples = append(examples, g.example(t, i))
			}
			encoder := must[Encoder](t)(NewReader(openTokenizer(t), Options{MaxLength: run.Max, Stride: run.Stride, Offsets: true}))
			set := must[*Set](t)(Encode(encoder, examples, labelled.Stop, nil))
			b := &set.All
			var names []string
			for f := range b.Len() {
				names = append(names, set.Examples[b.Examples[f]].ID)
				if b.First[f] > b.Last[f] {
					ends++
				}
			}
			diff := cmp.Diff(run.Example, names) + cmp.Diff(run.IDs, sequences(b, b.IDs)) + cmp.Diff(run.Types, sequences(b, b.Types)) +
				cmp.Diff(run.First, b.First) + cmp.Diff(run.Last, b.Last)
			if diff != "" {
				t.Fatal(diff)
			}
			compareOffsets(t, set, run.Offsets)
		})
	}
	if ends == 0 {
		t.Error("no case has the reference's odd position of an answer in a window's last token")
	}
}

// compareOffsets compares bytes with characters.
func compareOffsets(t *testing.T, set *Set, want [][]*[2]int) {
	b := &set.All
	for f := range b.Len() {
		context := set.Examples[b.Examples[f]].Pair
		for k, o := range want[f] {
			row := int(b.Offsets[f]) + k
			start, end := int32(-1), int32(-1)
			if o != nil {
				start, end = int32(labelled.ByteOffset(context, o[0])), int32(labelled.ByteOffset(context, o[1]))
			}
			if b.Starts[row] != start || b.Ends[row] != end {
				t.Fatalf("feature %d, token %d: bytes %d to %d, want %d to %d", f, k, b.Starts[row], b.Ends[row], start, end)
			}
		}
	}
}
