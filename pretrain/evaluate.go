package pretrain

import (
	"fmt"
	"math"

	"gobert/data"
	"gobert/data/pretraining"
	"gobert/data/pretraining/texts"
)

// evaluationSeed is the same for all runs, so that they are measured on the same masks and pairs.
const evaluationSeed = 0x6265727465766c

// heldout draws the sequences that a model is measured on: of a length, spread evenly over the corpus, always masked token by
// token at BERT's own rate, so that runs with other masks compare; those of records are as they are. They stay in memory.
func heldout(corpus texts.Part, v pretraining.Vocabulary, length int, nsp bool, sequences, batch int) ([]*data.Batch, error) {
	o := pretraining.Defaults(length)
	o.Seed, o.NextSentence, o.ShortProb = evaluationSeed, nsp, 0 // a short document would have most of the pairs
	source, err := corpus.Examples(v, o)
	if err != nil {
		return nil, fmt.Errorf("held-out part: %w", err)
	}
	n, err := source.Len(0)
	if err != nil {
		return nil, err
	}
	count := n
	if sequences > 0 {
		count = min(n, sequences)
	}
	var batches []*data.Batch
	for i := range count {
		if i%batch == 0 {
			batches = append(batches, source.NewBatch())
		}
		if err := source.Append(batches[len(batches)-1], 0, i*n/count); err != nil {
			return nil, err
		}
	}
	return batches, nil
}

// Baseline is what a model that knows only how often each token occurs would reach on the held-out masks.
type Baseline struct {
	Loss     float64 `json:"mlm_loss"`     // of the training text's token frequencies, with one added to each
	Accuracy float64 `json:"mlm_accuracy"` // of always guessing the most frequent token
	Token    string  `json:"token"`        // the most frequent one
	Next     float64 `json:"nsp_accuracy"` // of always guessing the more frequent answer
}

// counted is how many sentences a baseline looks at, spread over the text: frequencies change little beyond.
const counted = 200_000

// unigram measures the baseline.
func unigram(train pretraining.Corpus, vocab int, token func(int32) string, batches []*data.Batch) Baseline {
	counts := make([]float64, vocab)
	total := float64(vocab)
	for i := range counts {
		counts[i] = 1
	}
	n := train.Sentences()
	var ids []int32
	for i := range min(n, counted) {
		ids = train.AppendSentence(ids[:0], i*n/min(n, counted))
		for _, id := range ids {
			counts[id]++
		}
		total += float64(len(ids))
	}
	best := int32(0)
	for id, c := range counts {
		if c > counts[best] {
			best = int32(id)
		}
	}
	var loss, right, masked, random, pairs float64
	for _, b := range batches {
		for _, id := range b.MaskedIDs {
			loss -= math.Log(counts[id] / total)
			if id == best {
				right++
			}
		}
		masked += float64(len(b.MaskedIDs))
		for _, label := range b.Next {
			random += float64(label)
		}
		pairs += float64(len(b.Next))
	}
	line := Baseline{Token: token(best)}
	if masked > 0 {
		line.Loss, line.Accuracy = loss/masked, right/masked
	}
	if pairs > 0 {
		line.Next = max(random, pairs-random) / pairs
	}
	return line
}
