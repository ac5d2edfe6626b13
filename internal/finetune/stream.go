package finetune

import (
	"context"
	"errors"
	"io"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
)

// Scored is an example with its features' scores.
type Scored struct {
	Example labelled.Example
	Err     error           // of a row that cannot be used: nothing else is set then
	Batch   *features.Batch // its features alone
	Scores  *Outputs        // nil for an example that was left out: see [Model.StreamFrom]
}

// portion is what goes through the model at once: whole examples, about a budget of tokens.
type portion struct {
	examples []labelled.Example
	faults   []error // of each example; nil where there is none
	batch    *features.Batch
	err      error // of the reader: the last portion has one
}

// Stream reads examples, scores them in packed batches, and gives each to use, in their order. It holds a few batches at a
// time, however long the input is, and does not wait for a full one while a live input pauses ([labelled.Live]). A faulty row
// goes to use with its error; use may return that to end.
func (m *Model) Stream(ctx context.Context, r labelled.Reader, o features.Options, use func(s *Scored) error) error {
	return m.StreamFrom(ctx, 0, r, o, use)
}

// StreamFrom is Stream without the first examples, which a stream that was interrupted has scored already: they are read, so
// that the others share their batches with the same neighbours and get the same bits, but scored only where a batch has both.
// Examples left out go to use without scores.
func (m *Model) StreamFrom(ctx context.Context, first int, r labelled.Reader, o features.Options, use func(s *Scored) error) error {
	o.Offsets = true
	encoder, err := m.plainEncoder(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	portions := make(chan *portion, 2)
	go m.read(ctx, r, encoder, portions)
	for p := range portions {
		score := m.score
		if len(p.examples) <= first {
			score = leaveOut
		}
		first -= len(p.examples)
		if err := score(p, use); err != nil {
			return err
		}
		if p.err != nil && !errors.Is(p.err, io.EOF) {
			return p.err
		}
	}
	return ctx.Err()
}

// Long is how many texts of the last stream were longer than what is read at once: those of classification and choice were
// cut, those of tags and the contexts of spans were read in windows.
func (m *Model) Long() int { return m.long }

// plainEncoder encodes without labels: an unlabelled file, or labels that the model does not have, are no fault then.
func (m *Model) plainEncoder(o features.Options) (features.Encoder, error) {
	plain := *m
	plain.Labels = nil
	return plain.Encoder(o)
}

// read encodes ahead, in its own goroutine.
func (m *Model) read(ctx context.Context, r labelled.Reader, encoder features.Encoder, portions chan<- *portion) {
	windowed := 0
	defer func() {
		if m.long = encoder.Truncated(); m.Kind == labelled.Span {
			m.long = windowed
		}
		close(portions)
	}()
	budget := budgetOn(m.Device)
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
func leaveOut(p *portion, use func(s *Scored) error) error {
	for i := range p.examples {
		if err := use(&Scored{Example: p.examples[i], Err: p.faults[i]}); err != nil {
			return err
		}
	}
	return nil
}

// score runs the model over a portion and hands out its examples.
func (m *Model) score(p *portion, use func(s *Scored) error) error {
	scores, err := m.forwardInParts(p.batch)
	if err != nil {
		return err
	}
	feature, row := 0, 0
	for i := range p.examples {
		s := &Scored{Example: p.examples[i], Err: p.faults[i]}
		if s.Err == nil {
			s.Batch = new(features.Batch)
			rows := 0
			number := p.batch.Examples[feature]
			for feature < p.batch.Len() && p.batch.Examples[feature] == number {
				s.Batch.AppendSequence(p.batch, feature)
				rows += m.rows(p.batch, feature)
				feature++
			}
			s.Scores = &Outputs{Logits: scores.Logits[row*scores.Width : (row+rows)*scores.Width], Width: scores.Width}
			row += rows
		}
		if err := use(s); err != nil {
			return err
		}
	}
	return nil
}

// rows is how many rows of scores a feature has.
func (m *Model) rows(b *features.Batch, feature int) int {
	if m.Kind == labelled.Tag || m.Kind == labelled.Span {
		return b.Length(feature)
	}
	return 1
}

// forwardInParts is Forward for a batch of any size: a text of a hundred thousand words has many windows.
func (m *Model) forwardInParts(b *features.Batch) (*Outputs, error) {
	budget := 2 * budgetOn(m.Device)
	if b.Tokens() == 0 {
		return &Outputs{}, nil
	}
	if b.Tokens() <= budget {
		return m.Forward(b)
	}
	all := &Outputs{}
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
