// Package train is the one trainer: pretraining and fine-tuning differ by a feed of batches, a [Task] and an evaluation.
//
//	t, err := train.New(task, feed, settings)
//	if err != nil {
//		return err
//	}
//	defer t.Close()
//	err = t.Run(ctx) // resumes by itself when t.Resume was called
//
// A run is a pure function of its settings, its data and its seed: dropout masks come from (seed, step), batches from a
// cursor, so a run that was killed and resumed ends with the same bits as one that was never stopped.
//
// Files: settings.go (what a run is told), task.go (what is trained), trainer.go (the loop), step.go (one update), meter.go
// (sums on the device), scaler.go (loss scaling for fp16), checkpoint.go and state.go (saving), resume.go (going on),
// pretraining.go (BERT's two tasks as a Task).
package train
