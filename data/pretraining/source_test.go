package pretraining

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data"
)

func newSource(t testing.TB, documents int, change func(*Options)) *Source {
	t.Helper()
	options := Defaults(128)
	options.Seed = 17
	if change != nil {
		change(&options)
	}
	source, err := New(randomMemory(documents), testVocabulary, options)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// drawAll draws an epoch into one batch and validates it.
func drawAll(t testing.TB, s *Source, epoch int) *data.Batch {
	t.Helper()
	n, err := s.Len(epoch)
	if err != nil {
		t.Fatal(err)
	}
	b := s.NewBatch()
	for i := range n {
		if err := s.Append(b, epoch, i); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Validate(testVocab); err != nil {
		t.Fatal(err)
	}
	return b
}

func recipes() map[string]func(*Options) {
	return map[string]func(*Options){
		"pairs": nil,
		"words": func(o *Options) { o.Masking = WholeWords },
		"spans": func(o *Options) { o.Masking = Spans },
		"full":  func(o *Options) { o.NextSentence = false },
		"short": func(o *Options) { o.Length, o.ShortProb = 16, 0.5 },
	}
}

// Random access must give what a walk in order gives, whatever was drawn before.
func TestRandomAccess(t *testing.T) {
	for name, change := range recipes() {
		t.Run(name, func(t *testing.T) {
			source := newSource(t, 5000, change) // two shards
			p := source.plan(3)
			index := 0
			for i, sh := range p.shards {
				w := source.walkFrom(3, i*documentsPerShard, -1, sh.lastDoc)
				for ; w.more(); w.advance() {
					if index%7 == 0 {
						if diff := cmp.Diff(w.chunk(), source.find(p, index), cmp.AllowUnexported(chunk{})); diff != "" {
							t.Fatalf("example %d: %s", index, diff)
						}
					}
					index++
				}
			}
			if index != p.examples() {
				t.Errorf("walked %d examples, the plan has %d", index, p.examples())
			}
		})
	}
}

// Another source, asked in another order, gives the same examples.
func TestPure(t *testing.T) {
	for name, change := range recipes() {
		t.Run(name, func(t *testing.T) {
			want := drawAll(t, newSource(t, 40, change), 2)
			source := newSource(t, 40, change)
			drawAll(t, source, 5)
			n, _ := source.Len(2)
			for i := n - 1; i >= 0; i-- {
				var got, expected data.Batch
				if err := source.Append(&got, 2, i); err != nil {
					t.Fatal(err)
				}
				expected.AppendSequence(want, i)
				if !slices.Equal(got.IDs, expected.IDs) || !slices.Equal(got.MaskedRows, expected.MaskedRows) {
					t.Fatalf("example %d differs", i)
				}
			}
		})
	}
}

func TestEpochsDiffer(t *testing.T) {
	source := newSource(t, 40, nil)
	if slices.Equal(drawAll(t, source, 0).IDs, drawAll(t, source, 1).IDs) {
		t.Error("two epochs have the same examples")
	}
	static := newSource(t, 40, func(o *Options) { o.Static = 2 })
	if !slices.Equal(drawAll(t, static, 1).IDs, drawAll(t, static, 5).IDs) {
		t.Error("static masking with two epochs changed after the second")
	}
	if slices.Equal(drawAll(t, static, 0).IDs, drawAll(t, static, 1).IDs) {
		t.Error("static masking with two epochs has only one")
	}
}

// unmask returns the original tokens of a sequence.
func unmask(b *data.Batch) []int32 {
	ids := slices.Clone(b.IDs)
	for i, row := range b.MaskedRows {
		ids[row] = b.MaskedIDs[i]
	}
	return ids
}

// Actual pairs must be text as it stands in the corpus, cut at the ends only;
// without truncation every sentence must be used.
func TestSegmentsAreText(t *testing.T) {
	source := newSource(t, 60, nil)
	var text []int32
	for _, sentence := range source.corpus.(*Memory).sentences {
		text = append(text, sentence...)
	}
	b := drawAll(t, source, 0)
	ids := unmask(b)
	for i := range b.Len() {
		sequence := ids[b.Offsets[i]:b.Offsets[i+1]]
		if len(sequence) > source.options.Length {
			t.Fatalf("sequence %d has %d tokens", i, len(sequence))
		}
		sep := slices.Index(sequence, 3)
		for _, segment := range [][]int32{sequence[1:sep], sequence[sep+1 : len(sequence)-1]} {
			if len(segment) == 0 || !contains(text, segment) {
				t.Fatalf("segment of sequence %d is not in the corpus: %v", i, segment)
			}
		}
	}
}

func contains(text, part []int32) bool {
	for i := range len(text) - len(part) + 1 {
		if text[i] == part[0] && slices.Equal(text[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// Full sentences lose and repeat nothing, but for sentences that do not fit.
func TestFullSentencesKeepAllText(t *testing.T) {
	source := newSource(t, 300, func(o *Options) { o.NextSentence = false })
	var want, got []int32
	for _, sentence := range source.corpus.(*Memory).sentences {
		want = append(want, sentence...)
	}
	for _, id := range unmask(drawAll(t, source, 0)) {
		if id >= firstWord {
			got = append(got, id)
		}
	}
	if !slices.Equal(want, got) {
		t.Errorf("corpus has %d tokens, the examples %d, or others", len(want), len(got))
	}
}

// The generator must give the same numbers for ever: data of a run depends on it.
func TestRandomIsPinned(t *testing.T) {
	var r random
	r.seed(1, 2, forExample, 3)
	got := []int{r.below(1000), r.below(1000), r.between(5, 9), r.below(math.MaxInt)}
	if diff := cmp.Diff([]int{151, 526, 9, 3660824236817860340}, got); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkAppend(b *testing.B) {
	for name, change := range recipes() {
		b.Run(name, func(b *testing.B) {
			source := newSource(b, 20000, change)
			n, _ := source.Len(0)
			batch := source.NewBatch()
			var r random
			r.seed(1, 1, forExample, 1)
			tokens := 0
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%32 == 0 {
					batch.Reset()
				}
				before := batch.Tokens()
				if err := source.Append(batch, 0, r.below(n)); err != nil {
					b.Fatal(err)
				}
				tokens += batch.Tokens() - before
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sequences/s")
			b.ReportMetric(float64(tokens)/float64(b.N), "tokens/sequence")
		})
	}
}

// BenchmarkPlan walks a million documents of 15 sentences.
func BenchmarkPlan(b *testing.B) {
	source := newSource(b, 1_000_000, nil)
	for i := 0; b.Loop(); i++ {
		source.newPlan(i)
	}
	b.ReportMetric(1e6*float64(b.N)/b.Elapsed().Seconds(), "documents/s")
}
