package pretraining

import (
	"math"

	"gobert/internal/fault"
)

// Masking is how the tokens to predict are chosen.
type Masking string

// The ways of masking.
const (
	Tokens     Masking = "tokens" // each word piece by itself, as the first BERT
	WholeWords Masking = "words"  // all pieces of a word or none, as BERT's whole word masking models
	Spans      Masking = "spans"  // runs of words of geometric length, as SpanBERT
)

// Options are the numbers of the recipe. Start from [Defaults].
type Options struct {
	Seed           uint64
	Length         int     // longest sequence, special tokens included
	ShortProb      float64 // share of documents (of sequences without NSP) with a shorter target
	NextSentence   bool    // pairs with a next sentence label; otherwise full sentences, MLM alone
	Masking        Masking
	MaskRate       float64 // share of tokens to predict
	MaxPredictions int     // at most so many a sequence
	MaskProb       float64 // of the tokens to predict: becomes [MASK]
	RandomProb     float64 // of the tokens to predict: becomes a random token; the rest is kept
	Static         int     // 0: new examples every epoch; n: epoch e repeats epoch e-n (BERT's dupe_factor is 10)
}

// Defaults returns BERT's recipe for sequences of the given length
// (Devlin et al. 2018, section 3.1 and appendix A).
func Defaults(length int) Options {
	return Options{
		Length:         length,
		ShortProb:      0.1,
		NextSentence:   true,
		Masking:        Tokens,
		MaskRate:       0.15,
		MaxPredictions: int(math.Ceil(0.15 * float64(length))),
		MaskProb:       0.8,
		RandomProb:     0.1,
	}
}

// Validate returns all faults of the options, joined.
func (o Options) Validate() error {
	f := fault.List{Area: "pretraining: "}
	// A pair needs [CLS] a [SEP] b [SEP] and a target of at least 2.
	f.Expect(o.Length >= 5, "length is %d, expected at least 5", o.Length)
	for _, p := range []struct {
		name  string
		value float64
	}{
		{"short sequence probability", o.ShortProb},
		{"mask rate", o.MaskRate},
		{"mask probability", o.MaskProb},
		{"random probability", o.RandomProb},
		{"sum of mask and random probability", o.MaskProb + o.RandomProb},
	} {
		// Sums such as 0.8 + 0.2 may pass 1 by a rounding.
		f.Expect(p.value >= 0 && p.value <= 1+1e-9, "%s is %v, expected 0 to 1", p.name, p.value)
	}
	f.Expect(o.MaxPredictions >= 1, "at most %d predictions, expected 1 or more", o.MaxPredictions)
	f.Expect(o.Masking == Tokens || o.Masking == WholeWords || o.Masking == Spans, "masking is %q, expected %q, %q or %q", o.Masking, Tokens, WholeWords, Spans)
	f.Expect(o.Static >= 0, "static is %d, expected 0 or the number of different epochs", o.Static)
	return f.Err()
}
