// Package features turns examples into packed batches: token ids, token types and labels of whole sequences, end to end,
// with no padding.
//
// A [Set] holds the features of a data set and is a data.Source, so package data shuffles, buckets, prefetches and
// resumes it:
//
//	encoder, err := features.NewClassifier(tokenizer, labels, features.Options{MaxLength: 128})
//	set, err := features.Encode(encoder, examples, labelled.Stop, nil)
//	l, err := data.NewLoader(ctx, set, data.LoaderOptions{Seed: 1, Epochs: 3, Sequences: 32})
//
// For prediction an encoder fills a batch directly, example by example, in constant memory:
//
//	err := encoder.Append(batch, &example)
//
// # Files
//
//   - batch.go: Batch: data.Batch with labels
//   - encoder.go: Encoder, Tokenizer, Options
//   - classify.go: texts, pairs and multiple choice
//   - tag.go: words with tags
//   - span.go: questions and windows of their contexts
//   - set.go: Set: a whole data set, as a data.Source
package features
