package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/squad"
	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/pipeline"
	"gobert/task"
)

// predictVerb predicts.
type predictVerb struct {
	Model string   `arg:"" placeholder:"RUN" help:"Fine-tuned model: a run's folder, or a name on the hub."`
	Text  []string `arg:"" optional:"" help:"A text to predict for; the second one makes a pair (squad: question and context; choice: prompt and choices)."`

	Input  string `placeholder:"FILE|-" group:"Data" help:"File of any format, or - for standard input; by default standard input."`
	Output string `default:"-" placeholder:"FILE|-" group:"Output" help:"JSON Lines, a line for each example, in order."`
	Resume bool   `group:"Output" help:"Go on behind the whole lines that --output has."`
	partFlag
	Task string `placeholder:"TASK" group:"Task" help:"The task of GLUE whose files are read; by default what the model was trained for."`

	Top         int      `name:"top" group:"Task" help:"classify: give the N most probable labels."`
	Threshold   float64  `default:"0.5" group:"Task" most:"1" help:"Several labels: the least probability."`
	Aggregation string   `default:"simple" enum:"none,simple,first,average,max" group:"Task" help:"tag: how tokens become entities, as in transformers."`
	SeqLength   int      `aliases:"length" group:"Batches" least:"5" or:"0" help:"Tokens of a text; longer ones are cut (tag, squad: windowed). 0: as in training."`
	Stride      int      `group:"Batches" help:"Tokens that neighbouring windows share; 0: 128 for squad, a quarter of the length for tag."`
	NoAnswer    *float64 `name:"no-answer-threshold" group:"Task" least:"-1e300" help:"squad 2.0: how much better no answer must be than the best one; by default what evaluation found best."`
	V2          bool     `name:"v2" group:"Task" help:"squad: there may be no answer."`
	Best        int      `group:"Task" help:"squad: also give the N best answers."`
	MaxAnswer   int      `default:"30" group:"Task" least:"1" help:"squad: tokens of the longest answer."`

	GLUE  string `name:"glue-submission" placeholder:"DIR" group:"Output" help:"Also write the file that GLUE's server takes."`
	SQuAD string `name:"squad-predictions" placeholder:"DIR" group:"Output" help:"Also write predictions.json, nbest_predictions.json and null_odds.json."`

	cli.Computing

	reading
}

// Help gives examples.
func (*predictVerb) Help() string {
	return `Examples:
  finetune predict sst2 "a gripping, funny film"
  finetune predict entities --input news.txt --aggregation first --output entities.jsonl
  zcat reviews.jsonl.gz | finetune predict stars --format jsonl --text-column review > stars.jsonl
  finetune predict answers "Who wrote it?" "It was written by Jane Austen."
  finetune predict mrpc --input MRPC/test.tsv --output mrpc.jsonl --glue-submission submission
  finetune predict answers --input dev.json --output answers.jsonl --squad-predictions .`
}

// Run reads, predicts and writes.
func (v *predictVerb) Run(ctx context.Context, s *cli.Streams) error {
	if v.Resume && (v.Output == "-" || v.GLUE != "" || v.SQuAD != "") {
		return fault.Usage("{resume} needs an {output} file, and cannot complete {glue-submission} or {squad-predictions}").Advise("without {resume}")
	}
	if !v.Part.IsWhole() && (v.GLUE != "" || v.SQuAD != "") {
		return fault.Usage("{part}: {glue-submission} and {squad-predictions} are written of all examples").Advise("leave {part} out for them")
	}
	if err := v.divide(v.Input, len(v.Text), &v.Output); err != nil {
		return err
	}
	options, err := v.Opening(s)
	if err := errors.Join(notItself(v.Input, v.Output), err); err != nil {
		return err
	}
	release, err := s.ClaimFile("output", v.Output)
	if err != nil {
		return err
	}
	defer release()
	options.MaxLength, options.Stride, options.NoAnswer = v.SeqLength, v.Stride, v.NoAnswer
	options.Decoding = task.Decoding{
		Top: v.Top, Threshold: v.Threshold, Strategy: conll.Strategy(v.Aggregation), Best: v.Best,
		Squad: squad.Settings{V2: v.V2, MaxLength: v.MaxAnswer},
	}
	model, err := openTuned(ctx, s, v.Model, options)
	if err != nil {
		return err
	}
	defer model.Close()
	p := &predictor{verb: v, streams: s, model: model}
	r, err := labelled.PartOf(v.Part, 1, func() (labelled.Reader, error) { return v.open(ctx, s, p) })
	if err != nil {
		return err
	}
	defer r.Close()
	return p.run(ctx, r)
}

// open gives the examples: of the command line, a file, or standard input.
func (v *predictVerb) open(ctx context.Context, s *cli.Streams, p *predictor) (labelled.Reader, error) {
	if len(v.Text) > 0 {
		if v.Input != "" {
			return nil, fault.Usage("a text and {input}: expected one of them")
		}
		e, err := argument(p.model.Model.Kind.Facts().Name, v.Text)
		return labelled.Given([]labelled.Example{e}), err
	}
	input := v.Input
	if input == "" {
		if cli.IsTerminal(s.In) {
			return nil, fault.Usage("nothing to predict").Advise("give a text, or {input} FILE, or pipe texts in")
		}
		input = "-"
	}
	source, err := v.source()
	if err != nil {
		return nil, err
	}
	if source.Task = v.Task; source.Task == "" {
		source.Task = string(p.model.Model.Kind.Facts().Name)
		if v.GLUE != "" {
			source.Task = p.model.Trained.Task
		}
	}
	r, notes, err := dataset.Stream(source, input, listen(ctx, s.In, v.Output))
	if p.task == "" { // a part opens it twice
		s.Notes(cli.Texts(notes))
	}
	p.task = source.Task
	return r, err
}

// openTuned opens a model that was fine-tuned, and tells of a length that it cannot read.
func openTuned(ctx context.Context, s *cli.Streams, name string, o pipeline.Options) (*pipeline.Pipeline, error) {
	p, err := pipeline.Open(ctx, name, o)
	if err != nil {
		return nil, err
	}
	if err := p.Tuned(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	if shorter := p.Model.Shorter(o.MaxLength); shorter != "" {
		s.Log.Warn(shorter)
	}
	return p, nil
}

// argument makes an example of what stands on the command line.
func argument(kind labelled.Kind, texts []string) (e labelled.Example, err error) {
	e = labelled.Example{Text: texts[0], Origin: labelled.Origin{File: "the command line", Record: 1}}
	switch {
	case kind == labelled.Choice:
		e.Choices = texts[1:]
		if len(texts) < 3 {
			err = errors.New("a prompt and at least two choices are needed")
		}
	case len(texts) > 2, kind == labelled.Span && len(texts) != 2, kind == labelled.Tag && len(texts) != 1:
		err = fmt.Errorf("%d texts do not fit a model for %s", len(texts), kind)
	case len(texts) == 2:
		e.Pair, e.HasPair = texts[1], true
	}
	if err == nil && slices.ContainsFunc(texts, func(text string) bool { return strings.TrimSpace(text) == "" }) {
		err = errors.New("the text is empty, expected something to predict for")
	}
	if err != nil {
		err = fault.Usage("%w", err)
	}
	return e, err
}
