package pipeline

import (
	"context"
	"errors"
	"io"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/task"
)

// Stream reads examples, scores them in packed batches, and gives each to use, in their order, for [task.Model.Predict]. It holds a
// few batches at a time, however long the input is, and does not wait for a full one while a live input pauses
// ([labelled.ErrPause]). A faulty row goes to use with its error; use may return that to end.
//
// It says how many texts were longer than what is read at once: those of classification and choice were cut, those of tags and the
// contexts of spans were read in windows.
func (p *Pipeline) Stream(ctx context.Context, r labelled.Reader, use func(s *task.Scored) error) (long int, err error) {
	return p.StreamFrom(ctx, 0, r, use)
}

// StreamFrom is Stream without the first examples, which a stream that was interrupted has scored already: they are read, so
// that the others share their batches with the same neighbours and get the same bits, but scored only where a batch has both.
// Examples left out go to use without scores.
func (p *Pipeline) StreamFrom(ctx context.Context, first int, r labelled.Reader, use func(s *task.Scored) error) (long int, err error) {
	if err := p.isFor("Stream", nil); err != nil {
		return 0, err
	}
	o := p.Features()
	o.Offsets = true
	encoder, err := p.Model.Encoder(nil, o)
	if err != nil {
		return 0, err
	}
	return stream(ctx, first, r, encoder, task.Budget(p.Model.Device), p.Model.Forward, use)
}

// portion is what goes through the model at once: whole examples, about a budget of tokens.
type portion struct {
	examples []labelled.Example
	faults   []error // of each example; nil where there is none
	batch    features.Batch
	long     int   // texts so far that were longer than what is read at once
	err      error // of the reader: the last portion has one
}

// stream encodes ahead, in a goroutine of its own, and scores.
func stream(ctx context.Context, first int, r labelled.Reader, encoder features.Encoder, budget int,
	forward func(b *features.Batch) (*task.Outputs, error), use func(s *task.Scored) error,
) (long int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	portions := make(chan *portion, 2)
	go read(ctx, r, encoder, budget, portions)
	for p := range portions {
		var scored []*task.Scored
		if len(p.examples) > first && p.batch.Len() > 0 {
			out, err := forward(&p.batch)
			if err != nil {
				return p.long, err
			}
			scored = out.Split(&p.batch)
		}
		first -= len(p.examples)
		for i := range p.examples {
			s := &task.Scored{}
			if p.faults[i] == nil && len(scored) > 0 {
				s, scored = scored[0], scored[1:]
			}
			s.Example, s.Err = p.examples[i], p.faults[i]
			if err := use(s); err != nil {
				return p.long, err
			}
		}
		if long = p.long; p.err != nil && !errors.Is(p.err, io.EOF) {
			return long, p.err
		}
	}
	return long, ctx.Err()
}

// read fills portions until the reader ends.
func read(ctx context.Context, r labelled.Reader, encoder features.Encoder, budget int, portions chan<- *portion) {
	defer close(portions)
	windowed := 0
	for {
		p := &portion{}
		for p.batch.Tokens() < budget && len(p.examples) < budget {
			e, err := r.Next()
			if errors.Is(err, labelled.ErrPause) {
				if len(p.examples) > 0 {
					break // Somebody may be waiting.
				}
				if ctx.Err() != nil {
					return
				}
				continue
			}
			if err != nil && !labelled.IsRow(err) {
				p.err = err
				break
			}
			if err == nil {
				before := p.batch.Len()
				err = encoder.Append(&p.batch, &e)
				if p.batch.Len() > before+1 {
					windowed++
				}
			}
			p.examples, p.faults = append(p.examples, e), append(p.faults, err)
		}
		if p.long = encoder.Truncated(); encoder.Kind() == labelled.Span {
			p.long = windowed
		}
		select {
		case portions <- p:
		case <-ctx.Done():
			return
		}
		if p.err != nil {
			return
		}
	}
}
