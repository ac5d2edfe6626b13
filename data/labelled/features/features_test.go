package features

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data"
	"gobert/data/labelled"
)

// letters is a tokenizer whose pieces are single letters, for tests of what is around it: id is the letter's code.
type letters struct{ missing bool }

func (l letters) Special() Special {
	if l.missing {
		return Special{Cls: -1, Sep: 3}
	}
	return Special{Unk: 1, Cls: 2, Sep: 3}
}

func (l letters) AppendIDs(dst []int32, text string) []int32 {
	var p Pieces
	l.AppendPieces(&p, text)
	return append(dst, p.IDs...)
}

func (letters) AppendPieces(p *Pieces, text string) {
	word := int32(0)
	for i := range len(text) {
		if text[i] == ' ' {
			word++
			continue
		}
		p.IDs = append(p.IDs, int32(text[i]))
		p.Starts = append(p.Starts, int32(i))
		p.Ends = append(p.Ends, int32(i+1))
		p.Words = append(p.Words, word)
	}
}

// letterIDs gives ids as text, special tokens as digits.
func letterIDs(ids []int32) string {
	var b strings.Builder
	for _, id := range ids {
		if id < 10 {
			id += '0'
		}
		b.WriteByte(byte(id))
	}
	return b.String()
}

func TestOptionsAreChecked(t *testing.T) {
	for _, test := range []struct {
		tokenizer letters
		options   Options
		want      string
	}{
		{letters{}, Options{MaxLength: 4}, "the maximal length is 4, expected 5 or more"},
		{letters{}, Options{MaxLength: 20, Stride: 15}, "the stride is 15, expected 0 to 14 for windows of 20 tokens"},
		{letters{}, Options{MaxLength: 20, Stride: -1}, "the stride is -1"},
		{letters{missing: true}, Options{}, "no [CLS] or no [SEP]"},
	} {
		_, a := NewClassifier(test.tokenizer, &labelled.Labels{}, test.options)
		_, b := NewTagger(test.tokenizer, nil, test.options)
		_, c := NewReader(test.tokenizer, test.options)
		_, d := NewChooser(test.tokenizer, test.options)
		for i, err := range []error{a, b, c, d} {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("encoder %d: got %v, want %q", i, err, test.want)
			}
		}
	}
}

func TestLabelsBecomeTargets(t *testing.T) {
	single := labelled.NewLabels(labelled.Single, []string{"x", "y"})
	multi := labelled.NewLabels(labelled.Multi, []string{"x", "y", "z"})
	number := labelled.NewLabels(labelled.Regression, []string{"LABEL_0"})
	nan := float32(math.NaN())
	for _, test := range []struct {
		name    string
		labels  *labelled.Labels
		given   []string
		unknown bool
		classes []int32
		targets []float32
		width   int
		fault   string
	}{
		{name: "single", labels: single, given: []string{"y"}, classes: []int32{1}},
		{name: "single, none", labels: single, unknown: true, classes: []int32{Ignored}},
		{name: "single, unknown", labels: single, given: []string{"z"}, fault: `label "z" is not one of the 2 known`},
		{name: "single, two", labels: single, given: []string{"x", "y"}, fault: "the row has 2 labels, expected one"},
		{name: "multi", labels: multi, given: []string{"z", "x"}, targets: []float32{1, 0, 1}, width: 3},
		{name: "multi, none of them", labels: multi, given: []string{}, targets: []float32{0, 0, 0}, width: 3},
		{name: "multi, none", labels: multi, unknown: true, targets: []float32{nan, nan, nan}, width: 3},
		{name: "multi, unknown", labels: multi, given: []string{"x", "w"}, fault: `label "w"`, width: 3},
		{name: "regression", labels: number, given: []string{" 2.5 "}, targets: []float32{2.5}, width: 1},
		{name: "regression, none", labels: number, unknown: true, targets: []float32{nan}, width: 1},
		{name: "regression, no number", labels: number, given: []string{"x"}, fault: "expected a number", width: 1},
		{name: "prediction", given: []string{"x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			encoder := must[Encoder](t)(NewClassifier(letters{}, test.labels, Options{}))
			var b Batch
			err := encoder.Append(&b, &labelled.Example{Origin: labelled.Origin{File: "f", Line: 1}, Text: "ab", Labels: test.given, Labelled: !test.unknown})
			if test.fault != "" {
				if !labelled.IsRow(err) || !strings.Contains(err.Error(), test.fault) {
					t.Fatalf("got %v, want %q", err, test.fault)
				}
				if b.Len() != 0 || len(b.Targets)+len(b.Classes)+len(b.IDs) != 0 {
					t.Errorf("the fault left %+v behind", b)
				}
				return
			}
			same := func(x, y float32) bool { return x == y || x != x && y != y }
			if err != nil || !slices.Equal(b.Classes, test.classes) || !slices.EqualFunc(b.Targets, test.targets, same) || b.Width != test.width {
				t.Errorf("got %v %v of width %d, %v", b.Classes, b.Targets, b.Width, err)
			}
		})
	}
}

func TestTaggerWindows(t *testing.T) {
	encoder := must[Encoder](t)(NewTagger(letters{}, nil, Options{MaxLength: 8, Stride: 2, Offsets: true}))
	var b Batch
	for _, e := range []labelled.Example{{Text: "ab cdefghijkl"}, {Words: []string{"xy", "z"}}, {Text: ""}} {
		if err := encoder.Append(&b, &e); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, ids := range sequences(&b, b.IDs) {
		got = append(got, letterIDs(ids))
	}
	if diff := cmp.Diff([]string{"2abcdef3", "2efghij3", "2ijkl3", "2xyz3", "23"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int32{0, 0, 0, 1, 2}, b.Examples); diff != "" {
		t.Error(diff)
	}
	words := sequences(&b, b.Words)
	if diff := cmp.Diff([][]int32{{-1, 0, 0, 1, 1, 1, 1, -1}, {-1, 0, 0, 1, -1}}, [][]int32{words[0], words[3]}); diff != "" {
		t.Error(diff)
	}
	if starts := sequences(&b, b.Starts); !slices.Equal(starts[1], []int32{-1, 5, 6, 7, 8, 9, 10, -1}) {
		t.Errorf("the second window starts at %v", starts[1])
	}
	if encoder.Truncated() != 1 {
		t.Errorf("%d truncated, want 1", encoder.Truncated())
	}
}

func TestReaderCutsLongQuestions(t *testing.T) {
	encoder := must[Encoder](t)(NewReader(letters{}, Options{MaxLength: 40, Stride: 8}))
	var b Batch
	e := labelled.Example{Text: strings.Repeat("q", 100), Pair: strings.Repeat("c", 100), Labelled: true, Answers: []labelled.Answer{{Text: "c", Byte: 99, Start: 99}}}
	if err := encoder.Append(&b, &e); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for i := range b.Len() {
		if b.Length(i) > 40 {
			t.Errorf("window %d has %d tokens", i, b.Length(i))
		}
		seen += strings.Count(letterIDs(b.IDs[b.Offsets[i]:b.Offsets[i+1]]), "c")
	}
	if seen < 100 || encoder.Truncated() != 1 || b.Len() > 20 {
		t.Errorf("%d tokens of the context in %d windows, %d truncated", seen, b.Len(), encoder.Truncated())
	}
	b.Reset()
	if err := encoder.Append(&b, &labelled.Example{Text: "q", Pair: "", Labelled: true, Answers: []labelled.Answer{{Text: "x"}}}); err != nil || b.Len() != 1 || b.First[0] != 0 {
		t.Errorf("an empty context: %v, %+v", err, b)
	}
}

// TestTrueLast: the reference puts an answer that begins in a window's last token on the [SEP] behind it.
func TestTrueLast(t *testing.T) {
	e := labelled.Example{Text: "q", Pair: "abc", Labelled: true, Answers: []labelled.Answer{{Text: "c", Start: 2, Byte: 2}}}
	for truly, want := range map[bool]int32{true: 5, false: 6} {
		var b Batch
		encoder := must[Encoder](t)(NewReader(letters{}, Options{TrueLast: truly}))
		if err := encoder.Append(&b, &e); err != nil || b.First[0] != want || b.Last[0] != 5 {
			t.Errorf("TrueLast %v: %d to %d, want %d to 5 (%v)", truly, b.First[0], b.Last[0], want, err)
		}
	}
}

// examples are of every kind, some faulty.
func numbered(n int) []labelled.Example {
	var all []labelled.Example
	for i := range n {
		all = append(all, labelled.Example{
			Origin: labelled.Origin{File: "f", Line: i + 1}, ID: fmt.Sprint(i), Text: strings.Repeat("a", i%13+1), Labels: []string{fmt.Sprint(i % 3)}, Labelled: true,
			Choices: []string{"x", strings.Repeat("y", i%7+1), "z"},
		})
	}
	return all
}

func TestEncodeKeepsOrderAndSkips(t *testing.T) {
	all := numbered(3000)
	for _, i := range []int{5, 999, 2999} {
		all[i].Labels = []string{"nine"}
	}
	labels := labelled.NewLabels(labelled.Single, []string{"0", "1", "2"})
	encoder := must[Encoder](t)(NewClassifier(letters{}, labels, Options{MaxLength: 10}))
	if _, err := Encode(encoder, all, labelled.Stop, nil); err == nil || !strings.Contains(err.Error(), "f: line 6:") {
		t.Errorf("got %v, want the first fault", err)
	}
	var skipped labelled.Skipped
	set := must[*Set](t)(Encode(encoder, all, labelled.Skip, &skipped))
	if skipped.Rows != 3 || len(set.Examples) != 2997 || set.All.Len() != 2997 {
		t.Fatalf("%d skipped, %d kept, %d features", skipped.Rows, len(set.Examples), set.All.Len())
	}
	cut := 0
	for f := range set.All.Len() {
		e := &set.Examples[set.All.Examples[f]]
		if len(e.Text) > 8 {
			cut++
		}
		if got := set.All.Length(f); got != min(len(e.Text), 8)+2 || fmt.Sprint(set.All.Classes[f]) != e.Label() || set.All.Features[f] != int32(f) {
			t.Fatalf("feature %d of %s has %d tokens, class %d", f, e.ID, got, set.All.Classes[f])
		}
	}
	if set.Truncated != cut {
		t.Errorf("%d truncated, want %d", set.Truncated, cut)
	}
	if err := set.All.Validate(200); err != nil {
		t.Error(err)
	}
	if first, end := set.Windows(7); first != 7 || end != 8 {
		t.Errorf("windows of example 7 are %d to %d", first, end)
	}
}

// TestLoaderDrawsFeatures: a set of any kind goes through the loader, shuffled and bucketed, whole and once.
func TestLoaderDrawsFeatures(t *testing.T) {
	choose := must[Encoder](t)(NewChooser(letters{}, Options{}))
	classify := must[Encoder](t)(NewClassifier(letters{}, labelled.NewLabels(labelled.Multi, []string{"0", "1", "2"}), Options{}))
	for _, encoder := range []Encoder{choose, classify} {
		set := must[*Set](t)(Encode(encoder, numbered(500), labelled.Stop, nil))
		l, err := data.NewLoader(t.Context(), set, data.LoaderOptions{Seed: 3, Epochs: 1, Sequences: 16, Bucket: 64, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		seen := make([]bool, 500)
		for {
			b, _, err := l.Next(t.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if b.Len() > 16 || b.Sequences() != b.Len()*max(1, b.Choices) {
				t.Fatalf("%d features of %d sequences", b.Len(), b.Sequences())
			}
			if err := b.Validate(200); err != nil {
				t.Fatal(err)
			}
			for i := range b.Len() {
				var want Batch
				want.AppendSequence(&set.All, int(b.Features[i]))
				var got Batch
				got.AppendSequence(b, i)
				if diff := cmp.Diff(want, got); diff != "" || seen[b.Features[i]] {
					t.Fatalf("feature %d differs or comes again: %s", b.Features[i], diff)
				}
				seen[b.Features[i]] = true
			}
			l.Release(b)
		}
		l.Close()
		if slices.Contains(seen, false) {
			t.Errorf("%s: not every feature came", encoder.Kind())
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("a question", "the context of it", 12, 4, 3, 5)
	f.Add("", "", 5, 0, 0, 0)
	f.Add("long long long long long", "x", 6, 0, 0, 1)
	f.Fuzz(func(t *testing.T, a, b string, length, stride, start, size int) {
		o := Options{MaxLength: length % 600, Stride: stride % 600, Offsets: true}
		e := labelled.Example{Text: a, Pair: b, HasPair: true, Labelled: true, Labels: []string{"1"}, Words: strings.Fields(a), Tags: strings.Fields(a), Choices: []string{a, b}}
		if start >= 0 && start <= len(b) && size >= 0 && start+size <= len(b) {
			e.Answers = []labelled.Answer{{Text: b[start : start+size], Byte: start}}
		}
		labels := labelled.NewLabels(labelled.Single, append([]string{"1"}, e.Words...))
		c, err := NewClassifier(letters{}, labels, o)
		if err != nil {
			return
		}
		g, _ := NewTagger(letters{}, labels, o)
		p, _ := NewTagger(letters{}, nil, o)
		r, err := NewReader(letters{}, o)
		if err != nil {
			return
		}
		h, _ := NewChooser(letters{}, o)
		for _, encoder := range []Encoder{c, g, p, r, h} {
			var batch Batch
			if err := encoder.Append(&batch, &e); err != nil {
				if encoder == g && len(e.Words) == 0 {
					continue // Labels for nothing.
				}
				t.Fatal(err)
			}
			if err := batch.Validate(1 << 20); err != nil {
				t.Fatal(err)
			}
			limit := o.MaxLength
			if limit == 0 {
				limit = 512
			}
			for i := range batch.Sequences() {
				if batch.Batch.Length(i) > limit {
					t.Fatalf("%s: %d tokens, at most %d", encoder.Kind(), batch.Batch.Length(i), limit)
				}
			}
			for i := range batch.First {
				if n := int32(batch.Length(i)); batch.First[i] < 0 || batch.First[i] >= n || batch.Last[i] < 0 || batch.Last[i] >= n {
					t.Fatalf("the answer is at %d to %d of %d tokens", batch.First[i], batch.Last[i], n)
				}
			}
		}
	})
}
