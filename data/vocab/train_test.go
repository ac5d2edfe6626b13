package vocab

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// fields is a WordFunc that cuts at white space.
func fields() WordFunc {
	return func(text []byte, word func([]byte)) {
		for w := range bytes.FieldsSeq(text) {
			word(w)
		}
	}
}

// each yields strings as texts.
func each(texts ...string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, text := range texts {
			if !yield([]byte(text), nil) {
				return
			}
		}
	}
}

// small returns options for a small vocabulary whose runs are made in a folder of the test.
func small(t testing.TB, size int) Options {
	o := NewOptions()
	o.Size, o.Folder = size, t.TempDir()
	return o
}

func mustTrain(t testing.TB, texts iter.Seq2[[]byte, error], o Options) *Result {
	t.Helper()
	r, err := Train(context.Background(), texts, fields, o)
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(o.Folder); len(left) > 0 {
		t.Errorf("training left %v in its folder", left)
	}
	return r
}

// TestTrainEqualsHuggingFace holds the result against testdata/golden.txt.
func TestTrainEqualsHuggingFace(t *testing.T) {
	counts, err := os.ReadFile("testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(string(counts)) {
		var word string
		var count int
		if _, err := fmt.Sscan(line, &word, &count); err != nil {
			t.Fatal(err)
		}
		text.WriteString(strings.Repeat(word+" ", count/100_000))
	}
	want := strings.Fields(string(golden)[bytes.IndexByte(golden, '\n'):])
	got := mustTrain(t, each(text.String()), small(t, len(want))).Pieces
	if !slices.Equal(got[:5], want[:5]) {
		t.Errorf("special tokens: got %q, want %q", got[:5], want[:5])
	}
	// Hugging Face numbers the characters inside words in the order of a hash table: compare sets.
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", missing(got, want), missing(want, got))
	}
}

func missing(from, in []string) []string {
	return slices.DeleteFunc(slices.Clone(from), func(piece string) bool { return slices.Contains(in, piece) })
}

// randomText makes texts of n words whose frequencies fall as in language.
func randomText(n int) []string {
	rng := rand.New(rand.NewPCG(1, 2))
	var texts []string
	var text []byte
	for i := range n {
		rank := int(float64(200_000) * rng.Float64() * rng.Float64() * rng.Float64())
		for ; rank > 0; rank /= 17 {
			text = append(text, "aeinrstlodmupcbgv"[rank%17])
		}
		text = append(text, ' ')
		if i%1000 == 999 {
			texts, text = append(texts, string(text)), nil
		}
	}
	return texts
}

// TestTrainIsDeterministic: cores, the order of texts and runs on disk change nothing.
func TestTrainIsDeterministic(t *testing.T) {
	texts := randomText(600_000)
	o := small(t, 3000)
	want := mustTrain(t, each(texts...), o)
	if want.Cutoff != 1 || want.Words == 0 || want.Distinct < 10_000 {
		t.Fatalf("got cutoff %d, %d words, %d distinct; the test needs more variety", want.Cutoff, want.Words, want.Distinct)
	}
	slices.Reverse(texts)
	for _, cores := range []int{1, 3} {
		t.Run(fmt.Sprintf("cores=%d", cores), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			if got := mustTrain(t, each(texts...), o); !slices.Equal(got.Pieces, want.Pieces) {
				t.Errorf("got another vocabulary from the same words")
			}
		})
	}
}

// TestSpillingChangesNothing counts with tables that hold a few hundred words, so that there are
// more runs than are merged at a time.
func TestSpillingChangesNothing(t *testing.T) {
	texts := randomText(400_000)
	o := small(t, 2000)
	want := mustTrain(t, each(texts...), o)
	ta := &tally{folder: t.TempDir()}
	counters := []*counter{
		{words: fields(), raw: newTable(), table: newTable(), limit: 32 << 10, name: ta.folder + "/0"},
		{words: fields(), raw: newTable(), table: newTable(), limit: 32 << 10, name: ta.folder + "/1"},
	}
	for i, text := range texts {
		if err := counters[i%2].add([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range counters {
		if err := c.flush(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(counters[0].runs) + len(counters[1].runs); n <= maxRuns {
		t.Fatalf("got %d runs, the test needs more than %d", n, maxRuns)
	}
	if err := ta.gather(counters); err != nil {
		t.Fatal(err)
	}
	if len(ta.runs) > maxRuns {
		t.Errorf("got %d runs after compacting, want at most %d", len(ta.runs), maxRuns)
	}
	got, err := build(context.Background(), ta, o)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Pieces, want.Pieces) || got.Distinct != want.Distinct {
		t.Errorf("got %d pieces of %d words, want %d of %d", len(got.Pieces), got.Distinct, len(want.Pieces), want.Distinct)
	}
}

func TestMinFrequency(t *testing.T) {
	text := strings.Repeat("abab ", 5) + strings.Repeat("cd ", 4) + "ef"
	for _, test := range []struct {
		minimum int64
		want    []string // pieces longer than a character
	}{
		{0, []string{"ab", "abab", "cd", "ef", "##ab"}},
		{4, []string{"ab", "abab", "cd", "##ab"}},
		{5, []string{"ab", "abab", "##ab"}},
		{6, nil},
	} {
		o := small(t, 100)
		o.MinFrequency = test.minimum
		var got []string
		for _, piece := range mustTrain(t, each(text), o).Pieces[len(o.SpecialTokens):] {
			if len(strings.TrimPrefix(piece, prefix)) > 1 {
				got = append(got, piece)
			}
		}
		slices.SortFunc(got, func(a, b string) int {
			return cmp.Or(cmp.Compare(strings.Count(a, prefix), strings.Count(b, prefix)), cmp.Compare(a, b))
		})
		if !slices.Equal(got, test.want) {
			t.Errorf("minimum %d: got %q, want %q", test.minimum, got, test.want)
		}
	}
}

func TestLimitAlphabet(t *testing.T) {
	o := small(t, 40)
	o.LimitAlphabet = 2
	got := mustTrain(t, each("aaa aaa bb bb c", "cab"), o).Pieces
	if strings.Contains(strings.Join(got[5:], ""), "c") {
		t.Errorf("got %q, want no piece with the rarest character", got[5:])
	}
	if want := []string{"a", "b", "##a", "##b"}; !slices.Equal(got[5:9], want) {
		t.Errorf("got alphabet %q, want %q", got[5:9], want)
	}
}

func TestSpecialTokens(t *testing.T) {
	o := small(t, 30)
	o.SpecialTokens = []string{"<pad>", "a", "<unk>"}
	got := mustTrain(t, each("ab ab ab"), o).Pieces
	if want := []string{"<pad>", "a", "<unk>", "b", "##b", "ab"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLongWordsAreSkipped(t *testing.T) {
	r := mustTrain(t, each(strings.Repeat("x", maxWordBytes+1)+" ab ab"), small(t, 30))
	if r.Skipped != 1 || r.Words != 2 || slices.Contains(r.Pieces, "x") {
		t.Errorf("got %d skipped, %d words, pieces %q", r.Skipped, r.Words, r.Pieces)
	}
}

// TestFaults: each gives an error that says what is wrong, and leaves no file.
func TestFaults(t *testing.T) {
	broken := errors.New("the disk is on fire")
	failing := func(yield func([]byte, error) bool) {
		if yield([]byte("a b"), nil) {
			yield(nil, broken)
		}
	}
	for _, test := range []struct {
		name   string
		change func(*Options)
		texts  iter.Seq2[[]byte, error]
		want   string
	}{
		{"size", func(o *Options) { o.Size = 5 }, each("a"), "size is 5, expected more than the 5 special tokens"},
		{"frequency", func(o *Options) { o.MinFrequency = -1 }, each("a"), "minimal frequency is -1"},
		{"alphabet", func(o *Options) { o.LimitAlphabet = -1 }, each("a"), "limit of the alphabet is -1"},
		{"memory", func(o *Options) { o.Memory = 1 }, each("a"), "memory is 1 bytes"},
		{"special", func(o *Options) { o.SpecialTokens = []string{"a", "a"} }, each("a"), `special token 1 is "a"`},
		{"folder", func(o *Options) { o.Folder += "/none" }, each("a"), "no such file"},
		{"no words", func(*Options) {}, each(" ", "\n"), "no words"},
		{"one long word", func(*Options) {}, each(strings.Repeat("x", maxWordBytes+1)), "no words but 1 longer than 65536 bytes"},
		{"does not fit", func(o *Options) { o.Size = 7 }, each("abc"), "10 special tokens and characters do not fit"},
		{"reading", func(*Options) {}, failing, broken.Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := small(t, 100)
			folder := o.Folder
			test.change(&o)
			_, err := Train(context.Background(), test.texts, fields, o)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "vocab: ") {
				t.Errorf("got %v, want it to say %q", err, test.want)
			}
			if left, _ := os.ReadDir(folder); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// TestCancel cancels while texts still come, and while merging.
func TestCancel(t *testing.T) {
	reason := errors.New("the user said so")
	for _, stage := range []Stage{Counting, Merging} {
		o := small(t, 3000)
		ctx, cancel := context.WithCancelCause(context.Background())
		o.Progress = func(at Stage, _, _ int64) {
			if at == stage {
				cancel(reason)
			}
		}
		_, err := Train(ctx, each(randomText(300_000)...), fields, o)
		if !errors.Is(err, reason) {
			t.Errorf("stage %d: got %v, want the cause", stage, err)
		}
		if left, _ := os.ReadDir(o.Folder); len(left) > 0 {
			t.Errorf("stage %d: left %v", stage, left)
		}
	}
}

func BenchmarkTrain(b *testing.B) {
	texts := randomText(1_000_000)
	b.SetBytes(int64(len(strings.Join(texts, ""))))
	o := small(b, 8000)
	for b.Loop() {
		mustTrain(b, each(texts...), o)
	}
}
