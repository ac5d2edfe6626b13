package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gobert/data/labelled/dataset"
	"gobert/finetune"
	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/task"
	"gobert/train"
)

// reportVerb writes the page that shows a run.
type reportVerb struct {
	Folder   string   `arg:"" name:"run" placeholder:"RUN" help:"Folder of a finished run."`
	Out      string   `short:"o" placeholder:"FILE" group:"Output" help:"Page to write. Default: report.html in the run's folder."`
	Sentence []string `sep:"none" placeholder:"TEXT" group:"Output" help:"Text for the attention view, or two as \"A [SEP] B\"; again for more. Default: some of dev."`
	Split    string   `default:"dev" enum:"dev,test,train" group:"Data" help:"Which part of --data: dev, test or train."`

	datasetFlags
}

// Help gives examples.
func (*reportVerb) Help() string {
	return `Examples:
  finetune report stars
  finetune report stars --data new_reviews.csv --out new.html
  finetune report stars --sentence "It was not bad at all."

One file that opens in any browser, also without a network: results beside a baseline, curves, measures of each class,
confusion matrix, the worst errors, and which token looks at which. Without --data it shows what the run measured on dev.`
}

// Run writes the page and prints its path.
func (r *reportVerb) Run(ctx context.Context, s *cli.Streams) error {
	o := finetune.PageOptions{Sentences: r.Sentence}
	if len(r.Data) > 0 || r.TrainFile != "" || r.Dev != "" || r.Test != "" {
		if err := r.measure(ctx, s, &o); err != nil {
			return err
		}
	}
	page, err := finetune.Page(ctx, r.Folder, o)
	if err != nil {
		return err
	}
	out := r.Out
	if out == "" {
		out = filepath.Join(r.Folder, finetune.ReportFile)
	} else if info, err := os.Stat(out); err == nil && info.IsDir() {
		out = filepath.Join(out, finetune.ReportFile)
	}
	if err := page.Write(out); err != nil {
		return err
	}
	fmt.Fprintln(s.Out, out)
	return nil
}

// measure measures the data that was given; of several parts, as MNLI has, the first.
func (r *reportVerb) measure(ctx context.Context, s *cli.Streams, o *finetune.PageOptions) error {
	v := evalVerb{Model: r.Folder, Split: r.Split, MaxAnswer: longestAnswer, computing: computing{Machine: train.Machine{Device: "auto"}, Compute: "fp32"}, datasetFlags: r.datasetFlags}
	p, err := v.openModel(ctx, s)
	if err != nil {
		return err
	}
	err = v.each(ctx, s, p, func(part dataset.Part, _ *dataset.Dataset, _ int, e *task.Evaluation) error {
		if o.Findings == nil {
			findings := e.Findings()
			o.Findings, o.Measured = &findings, filepath.Base(part.Path)
		}
		return nil
	})
	if err == nil && len(o.Findings.Measures) == 0 {
		err = fault.New("the data has no labels: there is nothing to measure").Advise("leave {data} out")
	}
	return errors.Join(err, p.Close())
}

// longestAnswer is that of eval's --max-answer.
const longestAnswer = 30

// printResult writes what came of a run: a line for people, and where the model is.
func printResult(s *cli.Streams, r *finetune.Result) error {
	for _, line := range r.Lines() {
		fmt.Fprintln(s.Out, line)
	}
	s.Log.Info(fmt.Sprintf("%d steps in %.1f s; the model is in %s", r.Steps, r.Seconds, r.Output))
	return nil
}

// warnings tells of what is odd in a model.
func warnings(s *cli.Streams) func(message string) {
	return func(message string) { s.Log.Warn(message) }
}
