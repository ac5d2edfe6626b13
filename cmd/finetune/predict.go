package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gobert/data/tasks"
	"gobert/data/tasks/dataset"
	"gobert/data/tasks/entities"
	"gobert/data/tasks/features"
	"gobert/data/tasks/squad"
	"gobert/internal/cli"
	"gobert/internal/finetune"
	"gobert/internal/ui"
)

// predictVerb predicts.
type predictVerb struct {
	Model string   `arg:"" placeholder:"RUN" help:"Fine-tuned model: a run's folder, or a name on the hub."`
	Text  []string `arg:"" optional:"" help:"A text to predict for; the second one makes a pair (squad: question and context; choice: prompt and choices)."`

	Input  string `placeholder:"FILE|-" group:"Data" help:"File of any format, or - for standard input; by default standard input."`
	Output string `default:"-" placeholder:"FILE|-" group:"Output" help:"JSON Lines, a line for each example, in order."`
	Resume bool   `group:"Output" help:"Go on behind the whole lines that --output has."`
	Task   string `placeholder:"TASK" group:"Task" help:"The task of GLUE whose files are read; by default what the model was trained for."`

	Top         int      `name:"top" group:"Task" help:"classify: give the N most probable labels."`
	Threshold   float64  `default:"0.5" group:"Task" help:"Several labels: the least probability."`
	Aggregation string   `default:"simple" enum:"none,simple,first,average,max" group:"Task" help:"tag: how tokens become entities, as in transformers."`
	SeqLength   int      `group:"Batches" help:"Tokens of a text; longer ones are cut (tag, squad: windowed). 0: as in training."`
	Stride      int      `group:"Batches" help:"Tokens that neighbouring windows share; 0: 128 for squad, a quarter of the length for tag."`
	NoAnswer    *float64 `name:"no-answer-threshold" group:"Task" help:"squad 2.0: how much better no answer must be than the best one; by default what evaluation found best."`
	V2          bool     `name:"v2" group:"Task" help:"squad: there may be no answer."`
	Best        int      `group:"Task" help:"squad: also give the N best answers."`
	MaxAnswer   int      `default:"30" group:"Task" help:"squad: tokens of the longest answer."`

	GLUE  string `name:"glue-submission" type:"path" placeholder:"DIR" group:"Output" help:"Also write the file that GLUE's server takes."`
	SQuAD string `name:"squad-predictions" type:"path" placeholder:"DIR" group:"Output" help:"Also write predictions.json, nbest_predictions.json and null_odds.json."`

	Device  string `default:"auto" group:"Computing" help:"auto, cpu, cuda or cuda:N."`
	Threads int    `group:"Computing" help:"Threads of one operator; 0: all cores."`
	Compute string `default:"fp32" enum:"fp32,bf16,fp16" group:"Computing" help:"Type of activations and products: fp32, bf16 or fp16."`

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
		return &cli.UsageError{Err: errors.New("--resume needs an --output file, and cannot complete --glue-submission or --squad-predictions (hint: without --resume)")}
	}
	if err := setThreads(v.Threads); err != nil {
		return err
	}
	m, err := finetune.Open(ctx, v.Model, finetune.OpenOptions{Ready: true, Merge: true, Device: v.Device, Compute: v.Compute, Tell: downloads(s)})
	if err != nil {
		return err
	}
	defer m.Close()
	p := &predictor{verb: v, streams: s, model: m, trained: finetune.Trained(v.Model)}
	r, err := v.open(s, p)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := p.begin(); err != nil {
		return err
	}
	err = m.Stream(ctx, r, v.features(m, p.trained), p.use)
	s.Screen.Live("")
	if errors.Is(err, context.Canceled) && v.Output != "-" {
		err = fmt.Errorf("%w after %d lines (hint: the same command with --resume goes on)", err, p.lines)
	}
	if err = errors.Join(err, p.out.Flush()); err != nil {
		return err
	}
	return p.end(ctx)
}

// open gives the examples: of the command line, a file, or standard input.
func (v *predictVerb) open(s *cli.Streams, p *predictor) (tasks.Reader, error) {
	if len(v.Text) > 0 {
		if v.Input != "" {
			return nil, &cli.UsageError{Err: errors.New("a text and --input: expected one of them")}
		}
		e, err := argument(p.model.Kind, v.Text)
		return &one{e: e}, err
	}
	input := v.Input
	if input == "" {
		if cli.IsTerminal(s.In) {
			return nil, &cli.UsageError{Err: errors.New("nothing to predict (hint: give a text, or --input FILE, or pipe texts in)")}
		}
		input = "-"
	}
	source, err := v.source()
	if err != nil {
		return nil, err
	}
	if source.Task = v.Task; source.Task == "" {
		source.Task = string(p.model.Kind)
		if v.GLUE != "" {
			source.Task = p.trained.Task
		}
	}
	p.task = source.Task
	r, notes, err := dataset.Stream(source, input, s.In)
	for _, note := range notes {
		s.Log.Info(note)
	}
	return r, err
}

func (v *predictVerb) features(m *finetune.Model, trained finetune.Settings) features.Options {
	o := features.Options{MaxLength: v.SeqLength, Stride: v.Stride}
	if o.MaxLength == 0 {
		o.MaxLength = trained.SeqLength
	}
	if o.MaxLength == 0 && m.Kind == tasks.Span {
		o.MaxLength = min(lengths(m.Kind), m.Positions())
	}
	if o.MaxLength == 0 || o.MaxLength > m.Positions() {
		o.MaxLength = m.Positions()
	}
	if o.Stride == 0 && m.Kind == tasks.Tag {
		o.Stride = o.MaxLength / 4
	}
	return o
}

// argument makes an example of what stands on the command line.
func argument(kind tasks.Kind, texts []string) (e tasks.Example, err error) {
	e = tasks.Example{Text: texts[0], Origin: tasks.Origin{File: "the command line", Record: 1}}
	switch {
	case kind == tasks.Choice:
		e.Choices = texts[1:]
		if len(texts) < 3 {
			err = errors.New("a prompt and at least two choices are needed")
		}
	case len(texts) > 2, kind == tasks.Span && len(texts) != 2, kind == tasks.Tag && len(texts) != 1:
		err = fmt.Errorf("%d texts do not fit a model for %s", len(texts), kind)
	case len(texts) == 2:
		e.Pair, e.HasPair = texts[1], true
	}
	if err != nil {
		err = &cli.UsageError{Err: err}
	}
	return e, err
}

// one is a reader of a single example.
type one struct {
	e    tasks.Example
	done bool
}

// Next gives the example once.
func (o *one) Next() (tasks.Example, error) {
	if o.done {
		return tasks.Example{}, io.EOF
	}
	o.done = true
	return o.e, nil
}

// Close does nothing.
func (o *one) Close() error { return nil }

// predictor writes predictions as they come.
type predictor struct {
	verb    *predictVerb
	streams *cli.Streams
	model   *finetune.Model
	trained finetune.Settings
	task    string
	options finetune.PredictOptions

	out    *bufio.Writer
	file   *os.File
	skip   int // lines that the output has already
	lines  int
	faults tasks.Skipped
	began  time.Time
	shown  time.Time

	labels []string // for GLUE
	named  []squad.Named
}

// begin opens the output and settles how scores are read.
func (p *predictor) begin() error {
	v := p.verb
	p.options = finetune.PredictOptions{
		Top: v.Top, Threshold: v.Threshold, Strategy: entities.Strategy(v.Aggregation), Best: v.Best,
		Squad: squad.Settings{V2: v.V2 || p.trained.NoAnswer != nil, MaxLength: v.MaxAnswer},
	}
	if threshold := p.trained.NoAnswer; threshold != nil {
		p.options.Squad.NullThreshold = *threshold
	}
	if v.NoAnswer != nil {
		p.options.Squad.V2, p.options.Squad.NullThreshold = true, *v.NoAnswer
	}
	p.began, p.shown = time.Now(), time.Now()
	if v.Output == "-" {
		p.out = bufio.NewWriter(p.streams.Out)
		return nil
	}
	var err error
	if p.file, p.skip, err = openOutput(v.Output, v.Resume); err != nil {
		return err
	}
	if p.skip > 0 {
		p.streams.Log.Info(fmt.Sprintf("%s has %d lines: going on behind them", v.Output, p.skip))
	}
	p.out = bufio.NewWriterSize(p.file, 1<<16)
	return nil
}

// openOutput opens a file of lines; for going on, what follows its last whole line is cut off, and its lines are counted.
func openOutput(path string, resume bool) (f *os.File, lines int, err error) {
	if !resume {
		f, err = os.Create(path)
		return f, 0, err
	}
	if f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, 0, err
	}
	r := bufio.NewReaderSize(f, 1<<16)
	var whole int64
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			whole += int64(len(line))
			continue
		}
		if err != nil {
			break
		}
		whole += int64(len(line))
		lines++
	}
	// A long line that was cut is in whole so far, in pieces: back to the last newline.
	if whole, err = lastNewline(f, whole); err == nil {
		err = f.Truncate(whole)
	}
	if err == nil {
		_, err = f.Seek(whole, io.SeekStart)
	}
	return f, lines, err
}

// lastNewline is the end of the last whole line at or before a place.
func lastNewline(f *os.File, at int64) (int64, error) {
	one := make([]byte, 1)
	for ; at > 0; at-- {
		if _, err := f.ReadAt(one, at-1); err != nil {
			return 0, err
		}
		if one[0] == '\n' {
			break
		}
	}
	return at, nil
}

// use writes an example's prediction.
func (p *predictor) use(scored *finetune.Scored) error {
	p.lines++
	if scored.Err != nil {
		if tasks.OnError(p.verb.OnError) != tasks.Skip {
			return fmt.Errorf("%w (hint: --on-error skip writes a line with the error and goes on)", scored.Err)
		}
		p.faults.Add(scored.Err)
	}
	if p.lines <= p.skip {
		return nil
	}
	prediction := p.model.Predict(scored, p.options)
	p.collect(prediction)
	text, err := json.Marshal(prediction)
	if err != nil {
		return err
	}
	if _, err := p.out.Write(append(text, '\n')); err != nil {
		return err
	}
	if now := time.Now(); now.Sub(p.shown) > 200*time.Millisecond {
		p.shown = now
		if took := now.Sub(p.began); took > 2*time.Second && !p.streams.Quiet {
			p.streams.Screen.Live(fmt.Sprintf("%d examples, %.0f/s, %s", p.lines, float64(p.lines)/took.Seconds(), ui.Span(took)))
		}
		return p.out.Flush()
	}
	return nil
}

// collect keeps what the files of GLUE and SQuAD need.
func (p *predictor) collect(prediction *finetune.Prediction) {
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

// end closes the output and writes the other files.
func (p *predictor) end(context.Context) error {
	if report := p.faults.Report(); report != "" {
		p.streams.Log.Warn(strings.Replace(report, "skipped", "could not be used (their lines say why)", 1))
	}
	if p.file != nil {
		if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
			return err
		}
		p.streams.Log.Info(fmt.Sprintf("%d examples in %.1f s", p.lines-p.skip, time.Since(p.began).Seconds()))
	}
	if p.verb.GLUE != "" {
		if err := writeSubmission(p.verb.GLUE, p.task, p.verb.Input, p.labels); err != nil {
			return err
		}
	}
	if dir := p.verb.SQuAD; dir != "" {
		return writeSquad(dir, p.named, p.options.Squad.V2)
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
		if err := writeFile(filepath.Join(dir, f.name), func(w io.Writer) error { return f.write(w, named) }); err != nil {
			return err
		}
	}
	return nil
}
