package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/squad"
	"gobert/internal/cli"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/metrics"
	"gobert/pipeline"
	"gobert/task"
)

// evalVerb measures a model.
type evalVerb struct {
	Model string `arg:"" placeholder:"RUN" help:"Fine-tuned model: a run's folder, or a name on the hub."`
	Task  string `placeholder:"TASK" group:"Data" help:"A task of GLUE, for its files and metrics; by default what the model was trained for."`
	Split string `default:"dev" enum:"dev,test,train" group:"Data" help:"Which part of the data: dev, test or train."`

	Errors    int     `placeholder:"N" group:"Evaluation" help:"List the N surest errors, with their texts."`
	Bootstrap int     `default:"1000" group:"Evaluation" most:"1000000" help:"Draws behind the 95 % confidence intervals; 0: none."`
	Plots     string  `placeholder:"DIR" group:"Output" help:"Write confusion.png and calibration.png there."`
	JSON      string  `name:"json" type:"json" group:"Output" help:"Write everything as one JSON object instead."`
	SQuAD     string  `name:"squad-predictions" placeholder:"DIR" group:"Output" help:"squad: write predictions.json and its kin."`
	SeqLength int     `aliases:"length" group:"Batches" least:"5" or:"0" help:"Tokens of a text; 0: as in training."`
	Stride    int     `group:"Batches" help:"squad: tokens that neighbouring windows share; 0: 128."`
	MaxAnswer int     `default:"30" group:"Evaluation" least:"1" help:"squad: tokens of the longest answer."`
	NoAnswer  float64 `name:"no-answer-threshold" group:"Evaluation" least:"-1e300" help:"squad 2.0: how much better no answer must be."`

	cli.Computing

	datasetFlags
}

// Help gives examples.
func (*evalVerb) Help() string {
	return `Examples:
  finetune eval sst2 --data glue/SST-2
  finetune eval entities --data wnut17 --split test --errors 20
  finetune eval stars --data new_reviews.csv --plots pictures --json > result.json
  finetune eval answers --data dev.json --squad-predictions .`
}

// Run measures and prints.
func (v *evalVerb) Run(ctx context.Context, s *cli.Streams) error {
	release, err := s.ClaimFile("json", v.JSON)
	if err != nil {
		return err
	}
	defer release()
	summaries := map[string]any{} // by the parts' names
	var only any
	err = v.each(ctx, s, func(part dataset.Part, data *dataset.Dataset, parts int, e *task.Evaluation) error {
		if parts > 1 && v.JSON != "-" {
			fmt.Fprintf(s.Out, "%s\n", part.Name)
		}
		only, err = v.report(ctx, s, e, data.V2)
		summaries[part.Name] = only
		return err
	})
	if err != nil || v.JSON == "" {
		return err
	}
	var result any = summaries
	if len(summaries) == 1 {
		result = only
	}
	if v.JSON == "-" {
		return cli.IndentedJSON(s.Out, result)
	}
	return disk.Stream(filepath.Clean(v.JSON), func(w io.Writer) error { return cli.IndentedJSON(w, result) })
}

// each opens the model, and measures the parts of the data one by one.
func (v *evalVerb) each(ctx context.Context, s *cli.Streams,
	use func(part dataset.Part, data *dataset.Dataset, parts int, e *task.Evaluation) error,
) error {
	options, err := v.Opening(s)
	if err != nil {
		return err
	}
	options.MaxLength, options.Stride = v.SeqLength, v.Stride
	p, err := openTuned(ctx, s, v.Model, options)
	if err != nil {
		return err
	}
	defer p.Close()
	data, err := v.read(s, p)
	if err != nil {
		return err
	}
	parts, err := v.parts(data)
	if err != nil {
		return err
	}
	for _, part := range parts {
		progress := s.Progress()
		e, err := p.Evaluate(ctx, part.Examples, labelled.OnError(v.OnError), v.options(data, progress.Of))
		progress.Done()
		if err != nil {
			return err
		}
		if err := use(part, data, len(parts), e); err != nil {
			return err
		}
	}
	return nil
}

// options say how a part is measured.
func (v *evalVerb) options(data *dataset.Dataset, progress func(done, total int)) task.EvaluateOptions {
	return task.EvaluateOptions{
		Task: data.Task, Squad: squad.Settings{V2: data.V2, MaxLength: v.MaxAnswer, NullThreshold: v.NoAnswer}, Progress: progress,
	}
}

// read opens the data; a single file is what is measured.
func (v *evalVerb) read(s *cli.Streams, p *pipeline.Pipeline) (*dataset.Dataset, error) {
	m, name := p.Model, v.Task
	if name == "" {
		name = p.Trained.Task
	}
	if name == "" {
		name = string(m.Kind.Facts().Name)
	}
	if kind, _, _, err := dataset.Resolve(name); err != nil {
		return nil, fault.Usage("%w", err)
	} else if task.Of(kind) != m.Kind {
		return nil, fault.Usage("{task} %s is for %s; the model is for %s", name, kind, m.Kind.Facts().Name)
	}
	if m.Labels != nil {
		v.Labels = m.Labels.Names
		for name, problem := range problems {
			if problem == m.Labels.Problem {
				v.Problem = name
			}
		}
	}
	if len(v.Data) == 1 {
		if info, err := os.Stat(v.Data[0]); err == nil && !info.IsDir() {
			if v.Split == "test" {
				v.Test = v.Data[0]
			} else {
				v.Dev, v.Split = v.Data[0], "dev"
			}
			v.Data = nil
		}
	}
	v.DevShare = 0
	data, _, err := v.open(name, s)
	return data, err
}

func (v *evalVerb) parts(data *dataset.Dataset) ([]dataset.Part, error) {
	var parts []dataset.Part
	switch v.Split {
	case "train":
		if data.Train != nil {
			parts = append(parts, *data.Train)
		}
	case "test":
		parts = data.Test
	default:
		parts = data.Dev
	}
	if len(parts) == 0 {
		return nil, fault.Usage("the data has no %s part", v.Split).Advise("{split} says which one to measure")
	}
	return parts, nil
}

// intervals are those of the measures; drawing them shows how far it is, and ends with the context.
func (v *evalVerb) intervals(ctx context.Context, s *cli.Streams, e *task.Evaluation) (map[string]metrics.Interval, error) {
	if v.Bootstrap == 0 {
		return nil, nil
	}
	progress := s.Progress()
	defer progress.Done()
	return e.Intervals(metrics.BootstrapOptions{Samples: v.Bootstrap, Next: func(done int) bool {
		if progress.Due() {
			progress.Say("confidence interval: draw %d of %d", done, v.Bootstrap)
		}
		return ctx.Err() == nil
	}}), ctx.Err()
}

// report prints what was measured: figures with intervals, tables, errors. It gives what JSON has of them.
func (v *evalVerb) report(ctx context.Context, s *cli.Streams, e *task.Evaluation, v2 bool) (summary any, err error) {
	if len(e.Values) == 0 {
		return nil, fault.New("the data has no labels: there is nothing to measure").Advise("finetune predict")
	}
	intervals, err := v.intervals(ctx, s, e)
	if err != nil {
		return nil, err
	}
	mistakes := e.Mistakes(v.Errors)
	if v.JSON != "-" {
		v.print(s, e, intervals, mistakes)
	}
	return e.Summary(intervals, mistakes), v.files(e, v2)
}

// print is the summary for people.
func (v *evalVerb) print(s *cli.Streams, e *task.Evaluation, intervals map[string]metrics.Interval, mistakes []task.Mistake) {
	for _, value := range e.Values {
		line := fmt.Sprintf("%-24s %10.4f", value.Name, value.Value)
		if i, ok := intervals[value.Name]; ok {
			line += fmt.Sprintf("   95%% from %.4f to %.4f", i.Low, i.High)
		}
		fmt.Fprintln(s.Out, line)
	}
	if table := e.Table(); table != "" {
		fmt.Fprintf(s.Out, "\n%s", table)
	}
	for i, mistake := range mistakes {
		fmt.Fprintf(s.Out, "\n%s", mistake.Text(i+1))
	}
}

// files writes pictures and predictions.
func (v *evalVerb) files(e *task.Evaluation, v2 bool) error {
	if v.Plots != "" {
		if err := e.Draw(v.Plots); err != nil {
			return err
		}
	}
	if v.SQuAD != "" {
		return writeSquad(v.SQuAD, e.Answers(), v2)
	}
	return nil
}
