package pretraining

import (
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	testVocab = 1000
	firstWord = 5   // ids below are special
	firstTail = 700 // ids from here on continue a word
)

var testVocabulary = Vocabulary{
	Size: testVocab, ClsID: 2, SepID: 3, MaskID: 4, Special: []int32{0, 1},
	Continuation: func(id int32) bool { return id >= firstTail },
}

// randomMemory makes documents of 1 to 30 sentences of 1 to 45 tokens. A token
// is a pure function of its place, so that a test can tell where it came from.
func randomMemory(documents int) *Memory {
	rng := rand.New(rand.NewPCG(1, 2))
	m := &Memory{firsts: []int{0}}
	for range documents {
		for range 1 + rng.IntN(30) {
			sentence := make([]int32, 1+rng.IntN(45))
			for i := range sentence {
				sentence[i] = firstWord + int32(rng.IntN(testVocab-firstWord))
			}
			m.sentences = append(m.sentences, sentence)
		}
		m.firsts = append(m.firsts, len(m.sentences))
	}
	return m
}

func TestBadInput(t *testing.T) {
	three := [][]int32{{7}, {8}, {9}}
	tests := []struct {
		name   string
		corpus *Memory
		change func(*Vocabulary, *Options)
		want   string
	}{
		{"empty", &Memory{firsts: []int{0}}, nil, "no documents"},
		{"one document", &Memory{three, []int{0, 3}}, nil, "one document"},
		{"empty document", &Memory{three, []int{0, 2, 2, 3}}, nil, "document 1 has sentences 2 to 2"},
		{"document beyond", &Memory{three, []int{0, 2, 4}}, nil, "document 1 has sentences 2 to 4, expected at least one below 3"},
		{"empty sentence", &Memory{[][]int32{{7}, {8}, {}}, []int{0, 1, 3}}, nil, "sentence 1 of document 1 has no tokens"},
		{"no mask token", randomMemory(2), func(v *Vocabulary, _ *Options) { v.MaskID = -1 }, "does it lack [CLS], [SEP] or [MASK]?"},
		{"no size", randomMemory(2), func(v *Vocabulary, _ *Options) { v.Size = 0 }, "vocabulary size is 0"},
		{"length", randomMemory(2), func(_ *Vocabulary, o *Options) { o.Length = 4 }, "length is 4"},
		{"rate", randomMemory(2), func(_ *Vocabulary, o *Options) { o.MaskRate = 1.5 }, "mask rate is 1.5"},
		{"rates", randomMemory(2), func(_ *Vocabulary, o *Options) { o.RandomProb = 0.5 }, "sum of mask and random probability is 1.3"},
		{"predictions", randomMemory(2), func(_ *Vocabulary, o *Options) { o.MaxPredictions = 0 }, "at most 0 predictions"},
		{"masking", randomMemory(2), func(_ *Vocabulary, o *Options) { o.Masking = "letters" }, `masking is "letters"`},
		{"static", randomMemory(2), func(_ *Vocabulary, o *Options) { o.Static = -1 }, "static is -1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			vocab, options := testVocabulary, Defaults(64)
			if test.change != nil {
				test.change(&vocab, &options)
			}
			_, err := New(test.corpus, vocab, options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestOneDocumentWithoutPairs(t *testing.T) {
	options := Defaults(64)
	options.NextSentence = false
	if _, err := New(randomMemory(1), testVocabulary, options); err != nil {
		t.Fatal(err)
	}
}

func TestForeignTokens(t *testing.T) {
	corpus := &Memory{[][]int32{{7}, {testVocab}}, []int{0, 1, 2}}
	source, err := New(corpus, testVocabulary, Defaults(64))
	if err != nil {
		t.Fatal(err)
	}
	err = source.Append(source.NewBatch(), 0, 0)
	if err == nil || !strings.Contains(err.Error(), "another tokenizer") {
		t.Fatalf("got %v", err)
	}
}

func TestCut(t *testing.T) {
	long, short := make([]int32, 100), make([]int32, 20)
	corpus := NewMemory([][][]int32{{long, short}, {short, long}})
	for length, want := range map[int]float64{12: 2 * (90 + 10) / 240., 52: 2 * 50 / 240., 102: 0, 512: 0} {
		if got := Cut(corpus, length); got != want {
			t.Errorf("sequences of %d tokens: %v is cut, want %v", length, got, want)
		}
	}
}
