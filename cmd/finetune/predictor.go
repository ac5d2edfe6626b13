package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/squad"
	"gobert/internal/cli"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/pipeline"
	"gobert/task"
)

// flushed is after how many lines a file is, so that little is lost with the process.
const flushed = 64

// predictor writes predictions as they come.
type predictor struct {
	verb    *predictVerb
	streams *cli.Streams
	model   *pipeline.Pipeline
	task    string
	options task.Decoding

	out    *bufio.Writer
	file   *os.File
	skip   int // lines that the output has already
	lines  int
	empty  int // texts without a word
	long   int // texts longer than what is read at once
	faults labelled.Skipped

	progress *cli.Progress

	labels []string // for GLUE
	named  []squad.Named
}

// begin opens the output.
func (p *predictor) begin() error {
	v := p.verb
	if labels := p.model.Model.Labels; v.GLUE != "" && labels != nil && labels.Problem == labelled.Regression && labels.Len() > 1 {
		return fmt.Errorf("%s gives %d numbers for a text, GLUE's file takes one", v.Model, labels.Len())
	}
	p.progress = p.streams.Progress()
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
func (p *predictor) use(scored *task.Scored) error {
	p.lines++
	if scored.Err != nil {
		if labelled.OnError(p.verb.OnError) != labelled.Skip {
			return unadvised(scored.Err).Advise("{on-error} skip writes a line with the error and goes on")
		}
		scored.Err = unadvised(scored.Err)
		p.faults.Add(scored.Err)
	}
	if e := &scored.Example; scored.Err == nil && len(e.Words) == 0 && strings.TrimSpace(e.Text) == "" {
		p.empty++
	}
	if p.lines <= p.skip {
		return nil
	}
	prediction := p.model.Model.Predict(scored, p.options)
	p.collect(prediction)
	text, err := json.Marshal(prediction)
	if err != nil {
		return err
	}
	if _, err := p.out.Write(append(text, '\n')); err != nil {
		return err
	}
	p.progress.Count(p.lines, "examples")
	if p.file == nil || p.lines%flushed == 0 { // somebody may be waiting, or look in
		return p.out.Flush()
	}
	return nil
}

// unadvised is an error without its hint: what a reader advises is about training data.
func unadvised(err error) *fault.Error { return fault.New("%s", fault.Text(err)) }

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

// end closes the output and writes the other files.
func (p *predictor) end() error {
	if report := p.faults.Report(cli.Text); report != "" {
		p.streams.Log.Warn(strings.Replace(report, "skipped", "could not be used (their lines say why)", 1))
	}
	if p.empty > 0 {
		p.streams.Log.Warn(fmt.Sprintf("texts without a word: %d; their answers mean nothing", p.empty))
	}
	if n := p.long; n > 0 {
		did := "cut"
		if p.model.Model.Kind.Facts().ByToken {
			did = "read in windows"
		}
		p.streams.Log.Warn(fmt.Sprintf("texts longer than what is read at once: %d; they were %s; --seq-length may be up to %d", n, did, p.model.Model.Positions()))
	}
	if p.file != nil {
		if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
			return err
		}
		p.streams.Log.Info(fmt.Sprintf("%d examples in %.1f s", p.lines-p.skip, p.progress.Took().Seconds()))
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
		if err := disk.Stream(filepath.Join(dir, f.name), func(w io.Writer) error { return f.write(w, named) }); err != nil {
			return err
		}
	}
	return nil
}
