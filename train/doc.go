// Package train is the one trainer: pretraining and fine-tuning differ by a feed of batches, a [Task] and an evaluation. It
// knows no task.
//
//	t, err := train.New[*data.Batch, data.Cursor](task, settings)
//	if err != nil {
//		return err
//	}
//	defer t.Close()
//	t.SetFeed(feed)
//	t.Rate = func(step int64, progress float64) float64 { return 1e-4 }
//	err = t.Run(ctx)
//
// A run is a pure function of its settings, its data and its seed: dropout masks come from (seed, step), batches from a
// cursor, so a run that was killed and resumed ends with the same bits as one that was never stopped.
//
// Package run, below it, is what a run has beside the loop: its settings, its folder, its record.
//
// Files: settings.go (what the trainer is told), task.go (what is trained), trainer.go (what a run holds), run.go (the loop), step.go
// (one update), graphs.go (as CUDA graphs), rehearse.go
// (trying everything before the first step), evaluate.go and meter.go (sums of measures),
// optimizer.go (what AdamW and LAMB are told), update.go (their steps), queued.go (what makes these), board.go and look.go
// (what the host reads of them, and when), scaler.go (loss scaling for fp16), freeze.go (what stays as it is), checkpoint.go (what
// is saved), parts.go (a step in parts, by several ranks), snapshot.go (copies of a step's weights), saver.go (writing them meanwhile),
// state.go and seal.go (the run's state, with checksums), resume.go (going on), talk.go (what people are told), memory.go (too little).
package train
