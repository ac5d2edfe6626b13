// Package run is what every run has, whatever it trains: settings, a folder that is its own, what it was begun with, a trainer that goes on
// where the newest checkpoint stands, a record, and people who are told.
//
//	r, err := run.Claim[*data.Batch, data.Cursor](&config, talk) // the folder is ours
//	if err != nil {
//		return err
//	}
//	defer r.Close()
//	err = config.Prepare(talk.Log)                     // LibTorch: threads and precision
//	err = r.Resolve()                                  // r.Device, r.Compute
//	err = r.Find()                                     // r.Checkpoint: where it goes on
//	begun, err := r.Begun(run.FineTuning)              // there: what it was begun with
//	err = begun.Same(&settings, &config, sameData)     // and goes on with
//	err = r.Prepare(task, s, run.Begun{...})           // r.Trainer, as it was there
//	r.Trainer.SetFeed(feed)
//	err = r.Begin(run.View{On: "dev"})                 // the record and the table
//	err = r.Train(ctx)
//
// Packages pretrain and finetune are its two kinds; each says what it opens, compares, measures and leaves behind.
//
// Files: config.go, machine.go and quantity.go (what a run is told, as flags and files have it), run.go (one run from its folder to its end), rehearse.go (what is tried before the first step), folder.go (whose a folder is, and how it becomes a model), begun.go (settings
// and data that may not change), best.go (whose the best model is), console.go and shown.go (the record and the table), card.go (the model card), peak.go (what the device could do).
package run
