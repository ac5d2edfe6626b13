// Package pretraining draws BERT's examples: sentence pairs with a next
// sentence label, and masked tokens to predict.
//
// Nothing is stored: an example is a pure function of (seed, epoch, index), so
// every epoch has new pairs and new masks, any number of workers gives the
// same, and a stopped run goes on where it was. A [Source] over a [Corpus]
// answers two questions, how many examples an epoch has and what the i-th is:
//
//	source, err := pretraining.New(corpus, vocabulary, pretraining.Defaults(128))
//	n, err := source.Len(0)
//	var b data.Batch
//	err = source.Append(&b, 0, n-1) // epoch 0, last example
//
// The recipe is that of Devlin et al. 2018 as their published script carries it
// out, odd corners included; comments say where it is odd and where we differ.
// Whole words, spans (Joshi et al. 2019) and full sentences without pairs (Liu
// et al. 2019) are options. Package google draws the very examples that the
// original script draws.
//
// # Files
//
//   - options.go: Options, Defaults: the numbers of the recipe
//   - corpus.go: Corpus, Vocabulary: what is drawn from
//   - memory.go: Memory: a corpus of slices
//   - holdout.go, part.go: what of a corpus is kept for evaluation; parts of a corpus seen as one
//   - source.go: Source: the examples of an epoch
//   - plan.go: which example begins at which sentence
//   - chunk.go: how sentences are gathered and split into two segments
//   - draw.go: segments, random next, truncation
//   - mask.go: which tokens to predict, and what stands in their place
//   - span.go: SpanBERT's spans
//   - random.go: generators that are pure functions of a position
package pretraining
