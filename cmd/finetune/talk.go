package main

import (
	"fmt"
	"strings"
	"time"

	"gobert/internal/cli"
	"gobert/internal/finetune"
	"gobert/internal/ui"
	"gobert/train"
)

// talk tells how training goes: a bar in a terminal, a line now and then in a pipe, a line for each evaluation.
type talk struct {
	streams *cli.Streams
	last    time.Time
}

// lineEvery is how often a pipe gets a line.
const lineEvery = 30 * time.Second

func newTalk(s *cli.Streams) *talk { return &talk{streams: s, last: time.Now()} }

// Step shows a logged step.
func (t *talk) Step(r train.StepReport) {
	if t.streams.Quiet {
		return
	}
	loss := 0.0
	if len(r.Values) > 0 {
		loss = r.Values[0].Value
	}
	line := fmt.Sprintf("step %d of %d: loss %.4f, %.0f tokens/s", r.Step, r.Steps, loss, r.TokensPerSec)
	if t.streams.Terminal {
		left := time.Duration((1/max(r.Progress, 1e-9) - 1) * r.Seconds * float64(time.Second))
		t.streams.Screen.Live(fmt.Sprintf("%3.0f %%  %s, %s left", 100*r.Progress, line, ui.Span(left)))
		return
	}
	if time.Since(t.last) >= lineEvery {
		t.last = time.Now()
		t.streams.Log.Info(line)
	}
}

// Evaluation shows what was measured.
func (t *talk) Evaluation(step int64, values []train.Value) {
	var parts []string
	for _, v := range values {
		parts = append(parts, fmt.Sprintf("%s %.4f", strings.TrimPrefix(v.Name, "eval_"), v.Value))
	}
	t.streams.Log.Info(fmt.Sprintf("step %d, dev: %s", step, strings.Join(parts, ", ")))
}

// Saved is told of checkpoints.
func (t *talk) Saved(step int64, folder string) {
	t.streams.Log.Debug("saved", "step", step, "folder", folder)
}

// done takes the live line away.
func (t *talk) done() { t.streams.Screen.Live("") }

// warnings tells of what is odd in a model.
func warnings(s *cli.Streams) func(message string) {
	return func(message string) { s.Log.Warn(message) }
}

// printResult writes what came of a run: a line for people, and where the model is.
func printResult(s *cli.Streams, r *finetune.Result) error {
	for _, line := range r.Lines() {
		fmt.Fprintln(s.Out, line)
	}
	s.Log.Info(fmt.Sprintf("%d steps in %.1f s; the model is in %s", r.Steps, r.Seconds, r.Output))
	return nil
}
