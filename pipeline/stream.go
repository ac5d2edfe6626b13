package pipeline

import (
	"context"
	"errors"
	"io"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/task"
)

// portion is what goes through the model at once: whole examples, about a budget of tokens.
type portion struct {
	examples []labelled.Example
	faults   []error // of each example; nil where there is none
	batch    *features.Batch
	long     int   // texts so far that were longer than what is read at once
	err      error // of the reader: the last portion has one
}

// Stream reads examples, scores them in packed batches, and gives each to use, in their order. It holds a few batches at a
// time, however long the input is, and does not wait for a full one while a live input pauses ([labelled.Live]). A faulty row
// goes to use with its error; use may return that to end. It says how many texts were longer than what is read at once: those of
// classification and choice were cut, those of tags and the contexts of spans were read in windows.
func Stream(ctx context.Context, m *task.Model, r labelled.Reader, o features.Options, use func(s *task.Scored) error) (long int, err error) {
	return StreamFrom(ctx, m, 0, r, o, use)
}

// StreamFrom is Stream without the first examples, which a stream that was interrupted has scored already: they are read, so
// that the others share their batches with the same neighbours and get the same bits, but scored only where a batch has both.
// Examples left out go to use without scores.
func StreamFrom(ctx context.Context, m *task.Model, first int, r labelled.Reader, o features.Options, use func(s *task.Scored) error) (long int, err error) {
	o.Offsets = true
	encoder, err := m.Encoder(nil, o)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	portions := make(chan *portion, 2)
	go read(ctx, r, encoder, task.Budget(m.Device), portions)
	for p := range portions {
		work := score
		if len(p.examples) <= first {
			work = leaveOut
		}
		first -= len(p.examples)
		if err := work(m, p, use); err != nil {
			return p.long, err
		}
		if long = p.long; p.err != nil && !errors.Is(p.err, io.EOF) {
			return long, p.err
		}
	}
	return long, ctx.Err()
}

// read encodes ahead, in its own goroutine.
func read(ctx context.Context, r labelled.Reader, encoder features.Encoder, budget int, portions chan<- *portion) {
	windowed := 0
	defer close(portions)
	for {
		p := &portion{batch: new(features.Batch)}
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
				err = encoder.Append(p.batch, &e)
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

// leaveOut hands out the examples of a portion without scores.
func leaveOut(_ *task.Model, p *portion, use func(s *task.Scored) error) error {
	for i := range p.examples {
		if err := use(&task.Scored{Example: p.examples[i], Err: p.faults[i]}); err != nil {
			return err
		}
	}
	return nil
}

// score runs the model over a portion and hands out its examples.
func score(m *task.Model, p *portion, use func(s *task.Scored) error) error {
	out, err := m.Forward(p.batch)
	if err != nil {
		return err
	}
	scored := m.Split(p.batch, out)
	for i := range p.examples {
		s := &task.Scored{}
		if p.faults[i] == nil {
			s, scored = scored[0], scored[1:]
		}
		s.Example, s.Err = p.examples[i], p.faults[i]
		if err := use(s); err != nil {
			return err
		}
	}
	return nil
}
