package pipeline

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"

	"gobert/data/labelled"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/task"
)

// flushed is after how many lines a file is, so that little is lost with the process.
const flushed = 64

// Predictions are JSON Lines: a prediction for each example, in order.
type Predictions struct {
	Lines int // whole lines that a file had when it was opened

	out   *bufio.Writer
	file  *os.File
	added int
}

// NewPredictions writes each line to a stream as it comes.
func NewPredictions(to io.Writer) *Predictions { return &Predictions{out: bufio.NewWriter(to)} }

// CreatePredictions begins a file. With resume it goes on behind the whole lines that are there, which an interrupted stream left.
func CreatePredictions(path string, resume bool) (p *Predictions, err error) {
	p = &Predictions{}
	if disk.IsSpecial(path) {
		if resume {
			return nil, fault.Usage("{resume} goes on with a file, and %s is none", path).Advise("leave {resume} out")
		}
		p.file, err = os.OpenFile(path, os.O_WRONLY, 0)
	} else {
		p.file, p.Lines, err = disk.OpenLines(path, resume)
	}
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewWriterSize(p.file, 1<<16)
	return p, nil
}

// Add writes a prediction.
func (p *Predictions) Add(prediction *task.Prediction) error {
	text, err := json.Marshal(prediction)
	if err != nil {
		return err
	}
	if _, err := p.out.Write(append(text, '\n')); err != nil {
		return err
	}
	if p.added++; p.file == nil || p.added%flushed == 0 { // somebody may be waiting, or look in
		return p.out.Flush()
	}
	return nil
}

// Close brings a file to the disk, as far as it came.
func (p *Predictions) Close() error {
	if err := p.out.Flush(); err != nil || p.file == nil {
		return err
	}
	var err error
	if info, failed := p.file.Stat(); failed == nil && info.Mode().IsRegular() { // a pipe has no disk
		err = p.file.Sync()
	}
	return errors.Join(err, p.file.Close())
}

// PredictOptions say how predictions are written.
type PredictOptions struct {
	OnError labelled.OnError                                       // [labelled.Skip]: a row that cannot be used gets a line that says why; else it ends all
	Each    func(scored *task.Scored, prediction *task.Prediction) // called after each line; may be nil
}

// Predicted is what was written, and what was odd about it.
type Predicted struct {
	Lines  int // in all, those that were there before among them
	Empty  int // texts without a word: their answers mean nothing
	Long   int // texts longer than what is read at once
	Faults labelled.Skipped
}

// Predict writes a prediction for each example of r, but for those at the beginning for which out has lines already. What comes beside an error
// was written.
func (p *Pipeline) Predict(ctx context.Context, r labelled.Reader, out *Predictions, o PredictOptions) (*Predicted, error) {
	done, decoding := &Predicted{Lines: out.Lines}, p.Decoding()
	var err error
	done.Long, err = p.Score(ctx, out.Lines, r, func(s *task.Scored) error {
		if s.Err != nil {
			s.Err = fault.New("%s", fault.Text(s.Err)) // what a reader advises is about training data
			if o.OnError != labelled.Skip {
				return fault.New("%w", s.Err).Advise("{on-error} skip writes a line with the error and goes on")
			}
			done.Faults.Add(s.Err)
		}
		if e := &s.Example; s.Err == nil && len(e.Words) == 0 && strings.TrimSpace(e.Text) == "" {
			done.Empty++
		}
		prediction := p.Model.Predict(s, decoding)
		if err := out.Add(prediction); err != nil {
			return err
		}
		done.Lines++
		if o.Each != nil {
			o.Each(s, prediction)
		}
		return nil
	})
	if failed := out.out.Flush(); err == nil { // what failed to be written fails again here
		err = failed
	}
	if errors.Is(err, context.Canceled) && out.file != nil {
		err = fault.New("%w after %d lines", err, done.Lines).Advise("the same command with {resume} goes on")
	}
	return done, err
}
