// Package task says what is special about each kind of task on labelled text, and trains, measures and predicts with all of them
// alike: a [Kind] is one type, with its network, features, logits, loss, predictions, measures and mistakes.
//
//	m, err := task.Open(ctx, "google-bert/bert-base-uncased", task.Options{Kind: task.Classify, Labels: labels})
//	set, err := m.Features(examples, features.Options{MaxLength: 128}, labelled.Stop)
//	training := &task.Training{Model: m}       // what package train runs
//	e, err := m.Evaluate(ctx, set, task.EvaluateOptions{})
//
// To add a kind, write a file with a type that implements Kind, and name it in kind.go; if none of the results fits, one with
// results of its own.
//
// # In which order to read
//
//   - kind.go: Kind, what a kind must say; Facts
//   - classify.go, tag.go, span.go, choice.go: the kinds
//   - training.go, distill.go: the loss of a batch, as the trainer wants it; flops.go: what it costs
//   - pretraining.go: BERT's own two tasks, on batches of package data
//   - forward.go, predict.go: scores of batches, and the predictions that they become
//   - evaluate.go: the official metrics of a data set
//   - picks.go, numbers.go, labelsets.go, tags.go, answers.go: labels beside predictions: how each sort is compared and shown
//   - details.go, attention.go: the worst mistakes, pictures, what a report keeps and looks at
//   - notes.go: what was cut, what the tokenizer does not know
//   - model.go, open.go, write.go: a network with its tokenizer and labels, made new, opened and saved
//   - adapter.go: LoRA in PEFT's folder format; modeling_pooled.py: the Python class of classifiers without the pooler
package task
