// Package pretrain puts a pretraining run together: configuration, corpus, model, batches, evaluation, record, checkpoints.
// The verbs of cmd/pretrain are thin shells around it.
//
//	outcome, err := pretrain.Train(ctx, config, talk)
//
// A run's folder holds
//
//	run.json         the configuration, as --config takes it
//	metrics.jsonl    the record; TensorBoard's event files beside it
//	samples.jsonl    guesses for a few held-out sentences, at every evaluation
//	checkpoints/     the newest of them: model folder + optimizer.safetensors + state.json
//	best/            the model with the lowest held-out loss
//	config.json, model.safetensors, tokenizer.json, ...   the newest checkpoint's model, so that the run opens as a model
//
// Files: config.go and quantity.go (what a run is told), recipe.go (named configurations and their reasons), validate.go
// (faults, all at once), corpus.go and parts.go (text, and what of it is held out), fingerprint.go (whether it is the same text),
// records.go and drawn.go (fixed examples of TFRecord files), model.go (what is trained), stages.go and feed.go (batches whose size and length change during the run), evaluate.go (held-out
// batches and the baseline), samples.go (guesses to look at), folder.go and disk.go (the run's folder), card.go (the model
// card), introduce.go (what is told when it begins), rehearse.go (trying everything first), resume.go (going on),
// train.go (all of it together); measure.go (a model on held-out text); page.go, pagefacts.go and
// pagetexts.go (what a report shows of a run).
package pretrain
