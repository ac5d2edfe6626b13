// Package pipeline uses what was trained, in two lines:
//
//	p, err := pipeline.Open(ctx, "google-bert/bert-base-uncased", pipeline.Options{}) // or any folder
//	filled, err := p.Fill(ctx, []string{"The baker kneaded the [MASK]."})
//
// What the folder is for, it says itself: Classify, ClassifyPairs, Tag, TagWords, Answer and Choose are for fine-tuned models, Fill
// and Next for pretrained ones, Embed and Attend for all. Another call gives a [PurposeError] that says which one fits. Calls take slices;
// [Pipeline.Stream] and [Embedder.Stream] take files of any length, in constant memory. All of them may run in many goroutines at
// once: texts are cut into tokens side by side, and the model works on one batch after another, on all cores.
//
// The verbs predict, eval, embed, fill and next of the commands stand on this package.
//
// # In which order to read
//
//   - open.go: Pipeline, Options, Open; trained.go: what a run of fine-tuning left beside its model
//   - calls.go: the calls for each kind of task, and what they give
//   - stream.go: examples of any number, encoded ahead and scored in packed batches; part.go: one machine's share of them
//   - predictions.go: a file of predictions, which goes on where it was interrupted
//   - fill.go: masks, and next sentences; attend.go: which token looks at which
//   - embedder.go: sentence vectors, as the folder says; pooling.go, projection.go: what is done to the states
package pipeline
