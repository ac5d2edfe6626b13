package finetune

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gobert/internal/record"
	"gobert/train"
)

// recorder writes what the trainer reports into the run's metrics.jsonl and TensorBoard's files, and passes it on.
type recorder struct {
	log  *record.Log
	next train.Reporter // may be nil
	err  error          // the first fault of writing: told at the next checkpoint
}

// newRecorder opens the record of a run that begins, or goes on behind a step. What a run wrote that was killed before its
// first checkpoint is thrown away: it begins again.
func newRecorder(folder string, step int64, next train.Reporter) (*recorder, error) {
	if step == 0 {
		stale, _ := filepath.Glob(filepath.Join(folder, "events.out.tfevents.*"))
		for _, path := range append(stale, filepath.Join(folder, record.FileName)) {
			if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
				return nil, fmt.Errorf("finetune: %w", err)
			}
		}
	}
	log, err := record.Open(folder, record.Options{Resume: step > 0, Step: step, TensorBoard: true})
	if err != nil {
		return nil, err
	}
	return &recorder{log: log, next: next}, nil
}

// Step writes a logged step.
func (r *recorder) Step(s train.StepReport) {
	values := append(recordValues(s.Values), record.Value{Name: "learning_rate", Value: s.LearningRate},
		record.Value{Name: "gradient_norm", Value: s.GradientNorm}, record.Value{Name: "tokens", Value: float64(s.TokensSeen)})
	r.append(record.Entry{Kind: record.Step, Step: s.Step, Values: values, Timing: []record.Value{
		{Name: "tokens_per_second", Value: s.TokensPerSec},
		{Name: "flops_per_second", Value: s.FLOPsPerSec},
		{Name: "data_wait", Value: s.DataWaitShare},
		{Name: "seconds", Value: s.Seconds},
	}})
	if r.next != nil {
		r.next.Step(s)
	}
}

// Evaluation writes what was measured on dev.
func (r *recorder) Evaluation(step int64, values []train.Value) {
	e := record.Entry{Kind: record.Evaluation, Step: step, Values: recordValues(values)}
	for i, v := range e.Values {
		e.Values[i].Name = trimEval(v.Name) // the kind says it already
	}
	r.append(e)
	if r.next != nil {
		r.next.Evaluation(step, values)
	}
}

// Saved writes that a checkpoint is there.
func (r *recorder) Saved(step int64, folder string) {
	r.append(record.Entry{Kind: record.Event, Step: step, Text: "saved"})
	if r.next != nil {
		r.next.Saved(step, folder)
	}
}

// Sync makes the record safe before a checkpoint is.
func (r *recorder) Sync() error { return errors.Join(r.err, r.log.Sync()) }

func (r *recorder) append(e record.Entry) {
	if err := r.log.Append(e); err != nil && r.err == nil {
		r.err = err
	}
}

func recordValues(values []train.Value) []record.Value {
	out := make([]record.Value, len(values))
	for i, v := range values {
		out[i] = record.Value(v)
	}
	return out
}
