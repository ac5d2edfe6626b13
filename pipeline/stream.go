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
	plain := *m
	plain.Labels = nil // an unlabelled file, or labels that the model does not have, are no fault
	encoder, err := plain.Encoder(o)
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
			if err == nil && len(p.examples) > 0 && len(e.Choices) > 0 && p.batch.Choices > 0 && len(e.Choices) != p.batch.Choices {
				// Another number of choices: a batch of its own is not worth it, so it is told.
				err = labelled.Fault(e.Origin, "the example has %d choices, expected %d as the examples before it", len(e.Choices), p.batch.Choices)
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
	scores, err := forwardInParts(m, p.batch)
	if err != nil {
		return err
	}
	feature, row := 0, 0
	for i := range p.examples {
		s := &task.Scored{Example: p.examples[i], Err: p.faults[i]}
		if s.Err == nil {
			s.Batch = new(features.Batch)
			rows := 0
			number := p.batch.Examples[feature]
			for feature < p.batch.Len() && p.batch.Examples[feature] == number {
				s.Batch.AppendSequence(p.batch, feature)
				rows += rowsOf(m, p.batch, feature)
				feature++
			}
			s.Scores = &task.Outputs{Logits: scores.Logits[row*scores.Width : (row+rows)*scores.Width], Width: scores.Width}
			row += rows
		}
		if err := use(s); err != nil {
			return err
		}
	}
	return nil
}

// rowsOf is how many rows of scores a feature has.
func rowsOf(m *task.Model, b *features.Batch, feature int) int {
	if m.Kind == labelled.Tag || m.Kind == labelled.Span {
		return b.Length(feature)
	}
	return 1
}

// forwardInParts is Forward for a batch of any size: a text of a hundred thousand words has many windows.
func forwardInParts(m *task.Model, b *features.Batch) (*task.Outputs, error) {
	budget := 2 * task.Budget(m.Device)
	if b.Tokens() == 0 {
		return &task.Outputs{}, nil
	}
	if b.Tokens() <= budget {
		return m.Forward(b)
	}
	all := &task.Outputs{}
	part := new(features.Batch)
	for i := range b.Len() {
		part.AppendSequence(b, i)
		if i+1 < b.Len() && part.Tokens()+b.Length(i+1) <= budget {
			continue
		}
		out, err := m.Forward(part)
		if err != nil {
			return nil, err
		}
		all.Width = out.Width
		all.Logits = append(all.Logits, out.Logits...)
		part.Reset()
	}
	return all, nil
}
