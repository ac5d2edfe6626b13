// Package heads holds what is trained on top of a BERT encoder, each with its loss, and each with the semantics of the
// reference class of the same purpose:
//
//   - [Pretraining]: masked language model with the tied decoder, next sentence prediction, or both (pretraining.go;
//     asked.go: the rows of the last layer that they need)
//   - [Sequence]: one label, several labels or a number for a text or a pair (classification.go)
//   - [Token]: a label for every token (token.go)
//   - [Span]: the first and last token of an answer (span.go)
//   - [Choice]: the best of several continuations (choice.go)
//
// pooling.go holds the ways to make one vector of a sequence.
//
// A head is a struct whose `hf` tags spell the checkpoint's names; it is a [gobert/bert.Network], so it is loaded, trained
// and saved like the encoder itself.
//
// Shapes: B sequences, N packed tokens, H hidden, C classes, M masked rows, V vocabulary.
package heads
