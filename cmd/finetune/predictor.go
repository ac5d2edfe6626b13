package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/squad"
	"gobert/internal/cli"
	"gobert/internal/disk"
	"gobert/pipeline"
	"gobert/task"
)

// predictor writes predictions as they come, and the files of GLUE and SQuAD at the end.
type predictor struct {
	verb    *predictVerb
	streams *cli.Streams
	model   *pipeline.Pipeline
	task    string

	labels []string // for GLUE
	named  []squad.Named
}

// output opens where the predictions go.
func (p *predictor) output() (*pipeline.Predictions, error) {
	v := p.verb
	if labels := p.model.Model.Labels; v.GLUE != "" && labels != nil && labels.Problem == labelled.Regression && labels.Len() > 1 {
		return nil, fmt.Errorf("%s gives %d numbers for a text, GLUE's file takes one", v.Model, labels.Len())
	}
	if v.Output == "-" {
		return pipeline.NewPredictions(p.streams.Out), nil
	}
	out, err := pipeline.CreatePredictions(v.Output, v.Resume)
	if err == nil && out.Lines > 0 {
		p.streams.Log.Info(fmt.Sprintf("%s has %d lines: going on behind them", v.Output, out.Lines))
	}
	return out, err
}

// run predicts for all examples.
func (p *predictor) run(ctx context.Context, r labelled.Reader) error {
	out, err := p.output()
	if err != nil {
		return err
	}
	progress, before, lines := p.streams.Progress(), out.Lines, out.Lines
	done, err := p.model.Predict(ctx, r, out, pipeline.PredictOptions{
		OnError: labelled.OnError(p.verb.OnError),
		Each: func(_ *task.Scored, prediction *task.Prediction) {
			p.collect(prediction)
			lines++
			progress.Count(lines, "examples")
		},
	})
	progress.Done()
	if failed := out.Close(); err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	p.tell(done)
	if p.verb.Output != "-" {
		p.streams.Log.Info(fmt.Sprintf("%d examples in %.1f s", done.Lines-before, progress.Took().Seconds()))
	}
	return p.files()
}

// collect keeps what the files of GLUE and SQuAD need.
func (p *predictor) collect(prediction *task.Prediction) {
	if p.verb.GLUE != "" {
		label := prediction.Label
		if prediction.Value != nil {
			label = fmt.Sprint(*prediction.Value)
		}
		p.labels = append(p.labels, label)
	}
	if p.verb.SQuAD != "" {
		p.named = append(p.named, prediction.Named)
	}
}

// tell says what was odd.
func (p *predictor) tell(done *pipeline.Predicted) {
	if report := done.Faults.Report(cli.Text); report != "" {
		p.streams.Log.Warn(strings.Replace(report, "skipped", "could not be used (their lines say why)", 1))
	}
	if done.Empty > 0 {
		p.streams.Log.Warn(fmt.Sprintf("texts without a word: %d; their answers mean nothing", done.Empty))
	}
	if done.Long > 0 {
		did := "cut"
		if p.model.Model.Kind.Facts().ByToken {
			did = "read in windows"
		}
		p.streams.Log.Warn(fmt.Sprintf("texts longer than what is read at once: %d; they were %s; --seq-length may be up to %d", done.Long, did, p.model.Model.Positions()))
	}
}

// files writes those that the servers of GLUE and SQuAD take.
func (p *predictor) files() error {
	if p.verb.GLUE != "" {
		if err := writeSubmission(p.verb.GLUE, p.task, p.verb.Input, p.labels); err != nil {
			return err
		}
	}
	if dir := p.verb.SQuAD; dir != "" {
		return writeSquad(dir, p.named, p.model.Decoding().Squad.V2)
	}
	return nil
}

// writeSquad writes the three files of the reference.
func writeSquad(dir string, named []squad.Named, v2 bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := []struct {
		name  string
		write func(w io.Writer, all []squad.Named) error
	}{{"predictions.json", squad.WritePredictions}, {"nbest_predictions.json", squad.WriteBest}}
	if v2 {
		files = append(files, struct {
			name  string
			write func(w io.Writer, all []squad.Named) error
		}{"null_odds.json", squad.WriteNullOdds})
	}
	for _, f := range files {
		if err := disk.Stream(filepath.Join(dir, f.name), func(w io.Writer) error { return f.write(w, named) }); err != nil {
			return err
		}
	}
	return nil
}
