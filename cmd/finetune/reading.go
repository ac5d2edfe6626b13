package main

import (
	"fmt"
	"maps"
	"os"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/dataset"
	"gobert/internal/cli"
	"gobert/internal/fault"
)

// reading are the flags that say how own files are read.
type reading struct {
	tables

	Label          string   `name:"label-column" placeholder:"NAME" group:"Files" help:"Column of the label."`
	LabelColumns   []string `placeholder:"NAME" group:"Files" help:"Columns of 0 and 1, one for each of several labels."`
	LabelSeparator string   `placeholder:"CHAR" group:"Files" help:"What parts several labels in one cell."`
	ID             string   `name:"id-column" placeholder:"NAME" group:"Files" help:"Column of the row's identifier."`
	Words          string   `name:"words-column" placeholder:"NAME" group:"Files" help:"Column of the words; of CoNLL files its number, from 1."`
	Tags           string   `name:"tags-column" placeholder:"NAME" group:"Files" help:"Column of the words' tags; of CoNLL files its number, from 1 (-1: the last)."`
	Context        string   `name:"context-column" placeholder:"NAME" group:"Files" help:"Column of the text that holds the answer."`
	Answers        string   `name:"answers-column" placeholder:"NAME" group:"Files" help:"Column of the answers."`
	ChoiceColumns  []string `placeholder:"NAME" group:"Files" help:"Columns of the choices, or the one that lists them."`
	OnError        string   `type:"on-error" enum:"fail,skip" default:"fail" group:"Files" help:"What to do with a row that cannot be used: fail, or skip, count and report it."`
}

// source is what the flags say, for package dataset.
func (r *reading) source() (dataset.Source, error) {
	var s dataset.Source
	o, err := r.options()
	if err != nil {
		return s, err
	}
	c := &o.Columns
	o.LabelSeparator, c.Label, c.Labels, c.ID, c.Words, c.Tags = r.LabelSeparator, r.Label, r.LabelColumns, r.ID, r.Words, r.Tags
	c.Prompt, c.Choices, c.Context, c.Answers = r.Text, r.ChoiceColumns, r.Context, r.Answers
	s.Table, s.OnError = o, labelled.OnError(r.OnError)
	s.CoNLL = conll.Options{Separator: r.Separator}
	for _, column := range []struct {
		name string
		into *int
	}{{r.Words, &s.CoNLL.Word}, {r.Tags, &s.CoNLL.Tag}} {
		// A name is a column of a table; a number may be one of either.
		_, _ = fmt.Sscanf(column.name, "%d", column.into)
	}
	return s, nil
}

// columns are the flags that name columns, as they were given.
func (r *reading) columns() map[string]string {
	given := map[string]string{
		"text-column": r.Text, "pair-column": r.Pair, "label-column": r.Label, "label-columns": strings.Join(r.LabelColumns, ","),
		"words-column": r.Words, "tags-column": r.Tags, "context-column": r.Context, "answers-column": r.Answers,
		"choice-columns": strings.Join(r.ChoiceColumns, ","), "field": r.Field,
	}
	maps.DeleteFunc(given, func(_, value string) bool { return value == "" })
	return given
}

// datasetFlags say which data a model is trained on or measured with.
type datasetFlags struct {
	Data      []string `placeholder:"PATH" sep:"none" group:"Data" help:"A folder with train, dev and test files, or such a file; again for more."`
	TrainFile string   `name:"train" placeholder:"FILE" group:"Data" help:"The training data, instead of --data."`
	Dev       string   `placeholder:"FILE" group:"Data" help:"The data to evaluate on."`
	Test      string   `placeholder:"FILE" group:"Data" help:"The test data."`
	DevShare  float64  `default:"0.1" group:"Data" below:"1" help:"Share of train that becomes dev where there is none, stratified and seeded; 0: no dev."`
	SplitSeed uint64   `default:"13" group:"Data" help:"Seed of that split: the same for all seeds of a sweep."`
	Problem   string   `enum:",single,multi,regression" default:"" group:"Data" help:"One label, several labels or a number; by default the labels tell."`
	Labels    []string `placeholder:"NAME" group:"Data" help:"The labels, in order; by default those of the data."`

	reading
}

// problems are config.json's names.
var problems = map[string]labelled.Problem{"single": labelled.Single, "multi": labelled.Multi, "regression": labelled.Regression}

// given says whether any data were.
func (d *datasetFlags) given() bool {
	return len(d.Data) > 0 || d.TrainFile != "" || d.Dev != "" || d.Test != ""
}

// open reads the data and says what was guessed.
func (d *datasetFlags) open(task string, s *cli.Streams) (*dataset.Dataset, []string, error) {
	source, err := d.source()
	if err != nil {
		return nil, nil, err
	}
	source.Task, source.Data, source.Train, source.Dev, source.Test = task, d.Data, d.TrainFile, d.Dev, d.Test
	source.Problem, source.Labels, source.Seed = problems[d.Problem], d.Labels, d.SplitSeed
	source.DevShare = d.DevShare
	if d.DevShare == 0 {
		source.DevShare = -1
	}
	if !d.given() {
		return nil, nil, fault.Usage("no data").Advise("{data} FOLDER, or {train} FILE")
	}
	for _, given := range []struct {
		flag  string
		paths []string
	}{{"data", d.Data}, {"train", []string{d.TrainFile}}, {"dev", []string{d.Dev}}, {"test", []string{d.Test}}} {
		for _, path := range given.paths {
			if _, err := os.Stat(path); path != "" && err != nil {
				return nil, nil, fault.Usage("--%s: %w", given.flag, err)
			}
		}
	}
	data, err := dataset.Open(source)
	if err != nil {
		return nil, nil, err
	}
	tell(s, data)
	return data, paths(data), nil
}

// tell says everything that was guessed, left out or looks wrong.
func tell(s *cli.Streams, data *dataset.Dataset) {
	s.Notes(cli.Texts(data.Notes))
	for _, warning := range data.Warnings {
		s.Log.Warn(cli.Text(warning))
	}
	if report := data.Skipped.Report(cli.Text); report != "" {
		s.Log.Warn(report)
	}
}

// paths are the files that were read.
func paths(data *dataset.Dataset) (list []string) {
	add := func(parts ...dataset.Part) {
		for _, p := range parts {
			if p.Path != "" && (len(list) == 0 || list[len(list)-1] != p.Path) {
				list = append(list, p.Path)
			}
		}
	}
	if data.Train != nil {
		add(*data.Train)
	}
	add(data.Dev...)
	return list
}
