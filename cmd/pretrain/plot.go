package main

import (
	"os"
	"path/filepath"
	"strings"

	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/internal/record"
	"gobert/internal/report"
)

// plotVerb draws the curves of runs.
type plotVerb struct {
	Runs    []string `arg:"" placeholder:"RUN" help:"Folders of runs, or metrics.jsonl files; several are drawn over each other."`
	Out     string   `short:"o" placeholder:"FILE" help:"Picture to write, .png or .svg. Default: curves.png in the (first) run's folder."`
	Measure []string `placeholder:"NAME,..." help:"Measures to draw: loss, mlm_loss, mlm_accuracy, nsp_loss, nsp_accuracy, learning_rate, gradient_norm, tokens_per_second, mfu, ... Default: the usual ones."`
	X       string   `name:"x" default:"step" placeholder:"NAME" help:"Horizontal axis: step, tokens or seconds."`
	Smooth  float64  `default:"0" least:"-1" below:"1" help:"Weight of the past in the smoothed line (0 to below 1). 0: by length; -1: none."`
	Log     bool     `help:"Logarithmic axes for losses."`
	Title   string   `help:"Title of the picture."`
}

// Help shows what people type.
func (p *plotVerb) Help() string {
	return `    pretrain plot run
    pretrain plot run1 run2 --x tokens --measure mlm_loss,nsp_accuracy --out compared.svg`
}

// WithoutLibTorch says that LibTorch need not start.
func (*plotVerb) WithoutLibTorch() {}

// Run draws.
func (p *plotVerb) Run(s *cli.Streams) error {
	if p.Smooth >= 1 {
		return fault.Usage("{smooth} is %v: expected below 1", p.Smooth)
	}
	var runs []report.Run
	for _, path := range p.Runs {
		entries, err := record.Read(path)
		if err != nil {
			return err
		}
		runs = append(runs, report.Run{Name: runName(path), Entries: entries})
	}
	figure, err := report.Runs(runs, report.RunOptions{Title: p.Title, Names: p.Measure, X: p.X, Smooth: p.Smooth, Log: p.Log})
	if err != nil {
		return err
	}
	out := p.Out
	if out == "" {
		out = p.Runs[0]
		if info, err := os.Stat(out); err == nil && !info.IsDir() {
			out = filepath.Dir(out)
		}
		out = filepath.Join(out, "curves.png")
	}
	if err := report.Draw(out, figure); err != nil {
		return err
	}
	s.Log.Info("drawn", "runs", len(runs), "picture", out)
	return nil
}

// runName is a run's folder, without the file in it.
func runName(path string) string {
	path = filepath.Clean(path)
	if strings.HasSuffix(path, ".jsonl") {
		path = filepath.Dir(path)
	}
	return filepath.Base(path)
}
