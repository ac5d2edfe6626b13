// Package pretrain puts a pretraining run together: configuration, corpus, model, batches, evaluation, record, checkpoints.
// The verbs of cmd/pretrain are thin shells around it.
//
//	c := pretrain.Defaults()
//	c.Data, c.Out, c.Model, c.Steps = "corpus", "run", "tiny", 1000
//	outcome, err := pretrain.Train(ctx, c, train.Talk{OnStep: func(r train.StepReport) { ... }})
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
// Package train/run has what this run shares with others, package data/pretraining/texts what it reads.
//
// Files: config.go (what a run is told), validate.go and records_settings.go (faults, all at once), recipe.go (named configurations
// and their reasons), train.go (all of it together), model.go (what is trained), stages.go and feed.go (batches whose size and length
// change during the run), fingerprint.go and resume.go (whether it goes on with the same text), evaluate.go (held-out batches and the
// baseline), samples.go (guesses to look at), rehearse.go (trying everything first), introduce.go (what is told when it begins),
// card.go (the model card); measure.go (a model on held-out text); page.go, pagefacts.go,
// pageasked.go and pagetexts.go (what a report shows).
package pretrain
