package pretraining

import (
	"math"
	"slices"
	"testing"

	"gobert/data"
)

// near fails unless a count of n trials fits probability p within five
// standard deviations: one false alarm in two million.
func near(t *testing.T, what string, count, n int, p float64) {
	t.Helper()
	want, deviation := p*float64(n), math.Sqrt(p*(1-p)*float64(n))
	if math.Abs(float64(count)-want) > 5*deviation {
		t.Errorf("%s: %d of %d (%.4f), want %.4f +- %.4f", what, count, n, float64(count)/float64(n), p, 5*deviation/float64(n))
	}
}

// fates counts what became of the tokens to predict.
func fates(b *data.Batch) (mask, same, other int) {
	for i, row := range b.MaskedRows {
		switch b.IDs[row] {
		case testVocabulary.MaskID:
			mask++
		case b.MaskedIDs[i]:
			same++
		default:
			other++
		}
	}
	return mask, same, other
}

// 80/10/10, and as many as the recipe says in every sequence.
func TestMaskRates(t *testing.T) {
	tests := map[string]func(*Options){
		"defaults":    nil,
		"other rates": func(o *Options) { o.MaskRate, o.MaxPredictions, o.MaskProb, o.RandomProb = 0.4, 128, 0.5, 0.3 },
		"words":       func(o *Options) { o.Masking = WholeWords },
		"full":        func(o *Options) { o.NextSentence = false },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			source := newSource(t, 3000, change)
			o := source.options
			b := drawAll(t, source, 0)
			mask, same, other := fates(b)
			total := len(b.MaskedRows)
			// A random token is the token itself, or [MASK], once in a vocabulary.
			const v = 1.0 / testVocab
			near(t, "[MASK]", mask, total, o.MaskProb+o.RandomProb*v)
			near(t, "random", other, total, o.RandomProb*(1-2*v))
			near(t, "kept", same, total, 1-o.MaskProb-o.RandomProb+o.RandomProb*v)
			if o.Masking == Tokens {
				want := 0
				for i := range b.Len() {
					n := b.Length(i)
					want += min(o.MaxPredictions, max(1, int(math.RoundToEven(o.MaskRate*float64(n)))))
				}
				if total != want {
					t.Errorf("%d tokens to predict, the recipe says %d", total, want)
				}
			}
		})
	}
}

// Each place of a sequence is masked equally often, special tokens never.
func TestMaskPlaces(t *testing.T) {
	source := newSource(t, 8000, func(o *Options) { o.ShortProb = 0 })
	b := drawAll(t, source, 0)
	var places [128]int
	full, predicted := 0, 0
	for i := range b.Len() {
		if b.Length(i) != 128 {
			continue
		}
		full++
		first, last := b.Offsets[i], b.Offsets[i+1]
		from, _ := slices.BinarySearch(b.MaskedRows, first)
		for _, row := range b.MaskedRows[from:] {
			if row >= last {
				break
			}
			places[row-first]++
			predicted++
		}
	}
	if places[0] != 0 || places[127] != 0 {
		t.Errorf("[CLS] was masked %d times, the last [SEP] %d times", places[0], places[127])
	}
	for place := 1; place < 6; place++ { // Segment A has a [SEP] there too rarely to matter.
		near(t, "masks at a place", places[place], full, 19.0/125)
	}
	for _, id := range b.MaskedIDs {
		if id < firstWord {
			t.Fatalf("special token %d is to be predicted", id)
		}
	}
	if predicted != 19*full {
		t.Errorf("%d predictions in %d full sequences, want 19 each", predicted, full)
	}
}

// Half of the pairs of two sentences and more are random, and all pairs of one
// sentence; the short target comes for one document in ten, uniformly.
func TestPairsFollowRecipe(t *testing.T) {
	source := newSource(t, 20000, nil)
	short, documents, chunks, random, alone := 0, 0, 0, 0, 0
	var splits [2]int // chunks of three: A has one or two sentences
	targets := 0
	for doc := range source.corpus.Documents() {
		documents++
		target := source.target(0, doc, 125)
		if target != 125 {
			short++
			targets += target
		}
		w := source.walkFrom(0, doc, -1, doc+1)
		for ; w.more(); w.advance() {
			c := w.chunk()
			if c.last-c.first == 1 {
				if alone++; !c.random {
					t.Fatalf("a chunk of one sentence has an actual next: %+v", c)
				}
				continue
			}
			chunks++
			if c.random {
				random++
			}
			if c.last-c.first == 3 {
				splits[c.split-c.first-1]++
			}
		}
	}
	// A short target may be 125 by chance, one of 124.
	near(t, "short documents", short, documents, 0.1*123/124)
	near(t, "random next", random, chunks, 0.5)
	near(t, "A of one sentence", splits[0], splits[0]+splits[1], 0.5)
	mean, deviation := float64(targets)/float64(short), 35.5/math.Sqrt(float64(short))
	if math.Abs(mean-63) > 5*deviation {
		t.Errorf("mean short target is %.2f, want 63 +- %.2f", mean, 5*deviation)
	}
	if alone == 0 || short == 0 {
		t.Error("the draw has no short target or no chunk of one sentence: it tests nothing")
	}

	b := drawAll(t, source, 0)
	labels := 0
	for _, label := range b.Next {
		labels += int(label)
	}
	if labels != random+alone {
		t.Errorf("%d labels say random, the plan says %d", labels, random+alone)
	}
}

// A random next is never of the own document, and any other is equally likely.
func TestRandomNextIsElsewhere(t *testing.T) {
	const documents = 10
	var texts [documents][][]int32
	for doc := range documents { // A token tells its document.
		texts[doc] = slices.Repeat([][]int32{slices.Repeat([]int32{int32(firstWord + doc)}, 10)}, 20)
	}
	corpus := NewMemory(texts[:])
	options := Defaults(64)
	options.MaskProb, options.RandomProb = 0, 0
	source, err := New(corpus, testVocabulary, options)
	if err != nil {
		t.Fatal(err)
	}
	var from [documents]int
	total := 0
	for epoch := range 400 {
		b := drawAll(t, source, epoch)
		for i := range b.Len() {
			own, other := b.IDs[b.Offsets[i]+1], b.IDs[b.Offsets[i+1]-2]
			if (own != other) != (b.Next[i] == 1) {
				t.Fatalf("label %d for tokens of documents %d and %d", b.Next[i], own, other)
			}
			if own == firstWord && b.Next[i] == 1 {
				from[other-firstWord]++
				total++
			}
		}
	}
	for doc := 1; doc < documents; doc++ {
		near(t, "random next from a document", from[doc], total, 1.0/(documents-1))
	}
}

// Whole words are masked whole, or not at all.
func TestWholeWords(t *testing.T) {
	b := drawAll(t, newSource(t, 300, func(o *Options) { o.Masking = WholeWords }), 0)
	ids := unmask(b)
	chosen := make([]bool, len(ids))
	for _, row := range b.MaskedRows {
		chosen[row] = true
	}
	for row := 1; row < len(ids); row++ {
		if ids[row] >= firstTail && ids[row-1] >= firstWord && chosen[row] != chosen[row-1] {
			t.Fatalf("row %d continues a word, and only one of both is masked", row)
		}
	}
}

// Lengths of spans are geometric, cut at ten: mean 3.8 (SpanBERT, section 3.1).
func TestSpanLengths(t *testing.T) {
	var r random
	r.seed(1, 1, forExample, 1)
	const draws = 200_000
	var counts [longestSpan + 1]int
	for range draws {
		counts[spanLength(&r)]++
	}
	all := 1 - math.Pow(0.8, longestSpan)
	mean := 0.0
	for length := 1; length <= longestSpan; length++ {
		near(t, "span length", counts[length], draws, 0.2*math.Pow(0.8, float64(length-1))/all)
		mean += float64(length*counts[length]) / draws
	}
	if math.Abs(mean-3.8) > 0.05 {
		t.Errorf("mean length is %.3f, want 3.8", mean)
	}
}

// Spans use the budget and share one fate.
func TestSpansUseBudget(t *testing.T) {
	source := newSource(t, 1000, func(o *Options) { o.Masking = Spans })
	b := drawAll(t, source, 0)
	want := 0
	for i := range b.Len() {
		want += predictions(&source.options, b.Length(i))
	}
	if got := len(b.MaskedRows); got > want || float64(got) < 0.98*float64(want) {
		t.Errorf("%d tokens to predict, want at most %d and at least 98 %% of it", got, want)
	}
	runs := 0
	for i, row := range b.MaskedRows {
		if i == 0 || b.MaskedRows[i-1] != row-1 {
			runs++
		}
	}
	if mean := float64(len(b.MaskedRows)) / float64(runs); mean < 3 {
		t.Errorf("masked runs have %.2f tokens on average, want spans", mean)
	}
}
