package finetune

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gobert/bert"
	"gobert/data/labelled/dataset"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/record"
	"gobert/internal/report"
	"gobert/internal/ui"
	"gobert/task"
	"gobert/train"
	"gobert/train/run"
)

// ReportFile is the page's name in a run's folder.
const ReportFile = "report.html"

// PageOptions say what a page shows.
type PageOptions struct {
	Findings  *task.Findings // what was measured; nil: what the run kept
	Measured  string         // what that was measured on; empty for the run's own dev
	Sentences []string       // for the attention view, pairs as "A [SEP] B"; none: texts of dev
	Plain     bool           // without the attention view, and without opening the model
}

// Page gathers what the folder of a finished run tells, for package report.
func Page(ctx context.Context, folder string, o PageOptions) (p report.Page, err error) {
	result, settings, err := readFinished(folder)
	if err != nil {
		return p, err
	}
	entries, err := record.Read(folder)
	if err != nil {
		return p, err
	}
	f := o.Findings
	if f == nil {
		if f, err = readFindings(folder); err != nil {
			return p, err
		}
	}
	if f == nil {
		f = &task.Findings{}
		if f.Kind, _, _, err = dataset.Resolve(result.Settings.Task); err != nil {
			return p, fmt.Errorf("finetune: %s: %w", filepath.Join(folder, run.ResultFile), err)
		}
		p.Notes = append(p.Notes, fault.Command("Nothing was measured on held-out data: 'finetune report %s {data} FILE' does.", folder))
		for name, value := range result.Metrics {
			f.Measures = append(f.Measures, task.Compared{Name: name, Value: value})
		}
		slices.SortFunc(f.Measures, func(a, b task.Compared) int { return strings.Compare(a.Name, b.Name) })
	}
	whole, err := filepath.Abs(folder)
	if err != nil {
		return p, fmt.Errorf("finetune: %w", err)
	}
	p.Title, p.Measured, p.Settings = fmt.Sprintf("What %q learnt", filepath.Base(whole)), measuredOn(f), settings
	p.Name = filepath.Base(whole)
	if o.Measured != "" {
		p.Measured = o.Measured
	}
	p.About = fmt.Sprintf("A BERT that was fine-tuned from %s for %s.", filepath.Base(result.Settings.Model), describeTask(f.Kind, f.Problem, result.Settings.Task))
	p.Facts = facts(result, f, entries)
	p.Results, p.Panels = results(result, f), panels(result, f, entries)
	if f.Baseline != "" {
		p.Baseline = fmt.Sprintf("The baseline reads nothing: %s.", f.Baseline)
	}
	tables(f, &p)
	c := examplesFor(f.Kind, slices.ContainsFunc(f.Texts, func(text string) bool { return strings.Contains(text, task.PairMark) }))
	p.Next = []string{"finetune predict " + folder + " " + c.Arguments, fault.Command("finetune eval %s {data} %s {errors} 10", folder, c.Data)}
	if o.Plain {
		return p, nil
	}
	return p, look(ctx, folder, o.Sentences, f, &p)
}

// look opens the model and fills in what only it knows.
func look(ctx context.Context, folder string, sentences []string, f *task.Findings, p *report.Page) (err error) {
	m, err := task.Open(ctx, folder, task.Options{Ready: true, Merge: true, Device: "cpu"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	encoder := m.Network.Encoder()
	var count int64
	for _, q := range bert.Parameters(m.Network) {
		count += q.Numel()
	}
	c := encoder.Config
	p.Facts = append([]report.Fact{
		{Name: "Model", Value: fmt.Sprintf("%d layers, %d wide, %d heads", c.NumLayers, c.HiddenSize, c.NumHeads)}, {Name: "Parameters", Value: ui.Count(float64(count))},
	}, p.Facts...)
	look := m.Attending()
	p.Attention, err = look.Look(sentences, func(limit int) (pairs []report.Pair) {
		for _, text := range f.Texts {
			if pair, err := look.Read(text, limit); err == nil && len(pairs) < report.ShownTexts {
				pairs = append(pairs, pair)
			}
		}
		return pairs
	})
	return err
}

// readFinished reads what came of a run, and its settings as a list.
func readFinished(folder string) (*Result, []report.Fact, error) {
	if _, err := os.Stat(folder); err != nil {
		return nil, nil, fmt.Errorf("finetune: reading a run: %w", err)
	}
	r, _, err := readResult(folder)
	if err != nil {
		return nil, nil, err
	}
	if r == nil {
		hint := "give the folder that 'finetune train' made"
		for _, other := range []struct{ file, hint string }{
			{train.CheckpointsFolder, fault.Command("the run was not finished: go on with finetune train {resume} auto")},
			{"sweep.json", "it is a grid of runs: give one of the folders in it"},
			{run.ConfigFile, "it is a run of pretraining: pretrain report " + folder},
		} {
			if disk.IsThere(filepath.Join(folder, other.file)) {
				hint = other.hint
			}
		}
		return nil, nil, fault.New("finetune: %s is no finished run: it has no %s", folder, run.ResultFile).Advise("%s", hint)
	}
	text, err := json.Marshal(r.Settings)
	if err != nil {
		return nil, nil, err
	}
	list, err := report.Settings(text)
	return r, list, err
}

// facts are what a reader wants to know first.
func facts(r *Result, f *task.Findings, entries []record.Entry) []report.Fact {
	list := []report.Fact{{Name: "Task", Value: r.Settings.Task}}
	add := func(name string, value any, known bool) {
		if known {
			list = append(list, report.Fact{Name: name, Value: fmt.Sprint(value)})
		}
	}
	add("Labels", strings.Join(f.Labels, ", "), len(f.Labels) > 0 && len(f.Labels) <= 8)
	add("Training examples", f.Train, f.Train > 0)
	add("Measured on", fmt.Sprintf("%d examples", f.Examples), f.Examples > 0)
	add("Steps", r.Steps, true)
	add("Best step", r.BestStep, r.BestStep != r.Steps)
	add("Time", ui.Span(time.Duration(r.Seconds*float64(time.Second))), true)
	if loss, ok := report.Ending(entries); ok {
		add("Training loss at the end", loss, true)
	}
	if last, ok := report.Last(entries, record.Step); ok {
		tokens, _ := last.Value("tokens")
		add("Tokens seen", ui.Count(tokens), tokens > 0)
	}
	add("Computed on", f.Device, f.Device != "")
	return list
}
