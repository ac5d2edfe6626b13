package main

import (
	"context"
	"fmt"
	"path/filepath"

	"gobert/data/labelled/dataset"
	"gobert/finetune"
	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/internal/report"
	"gobert/task"
	"gobert/train/run"
)

// reportVerb writes the page that shows a run.
type reportVerb struct {
	cli.Page
	Split string `default:"dev" enum:"dev,test,train" group:"Data" help:"Which part of --data: dev, test or train."`

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
	return r.Write(s, finetune.ReportFile, func() (report.Page, error) {
		o := finetune.PageOptions{Sentences: r.Sentence}
		if r.given() {
			if err := r.measure(ctx, s, &o); err != nil {
				return report.Page{}, err
			}
		}
		return finetune.Page(ctx, r.Folder, o)
	})
}

// measure measures the data that was given; of several parts, as MNLI has, the first.
func (r *reportVerb) measure(ctx context.Context, s *cli.Streams, o *finetune.PageOptions) error {
	v := evalVerb{Model: r.Folder, Split: r.Split, MaxAnswer: longestAnswer, Computing: cli.Computing{Machine: run.Machine{Device: "auto"}}, datasetFlags: r.datasetFlags}
	err := v.each(ctx, s, func(part dataset.Part, _ *dataset.Dataset, _ int, e *task.Evaluation) error {
		if o.Findings == nil {
			findings := e.Findings()
			o.Findings, o.Measured = &findings, filepath.Base(part.Path)
		}
		return nil
	})
	if err == nil && len(o.Findings.Measures) == 0 {
		err = fault.New("the data has no labels: there is nothing to measure").Advise("leave {data} out")
	}
	return err
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
