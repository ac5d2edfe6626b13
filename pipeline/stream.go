package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/internal/fault"
	"gobert/task"
)

// Stream predicts for examples of any number, in their order, a few batches at a time:
//
//	for prediction, err := range p.Stream(ctx, r) {
//
// A row that cannot be used comes with its error and an empty prediction, after which one may go on; what ends the stream comes alone,
// without a prediction. A live input that pauses ([labelled.ErrPause]) is not waited for. r is not read any more once the loop is left.
// Of what [labelled.PartOf] gives only the part is predicted.
func (p *Pipeline) Stream(ctx context.Context, r labelled.Reader) iter.Seq2[*task.Prediction, error] {
	return func(yield func(*task.Prediction, error) bool) {
		left, decoding := errors.New("the loop was left"), p.Decoding()
		long, err := p.Score(ctx, 0, r, func(s *task.Scored) error {
			if !yield(p.Model.Predict(s, decoding), s.Err) {
				return left
			}
			return nil
		})
		p.warnOf(long)
		if err != nil && !errors.Is(err, left) {
			yield(nil, err)
		}
	}
}

// warnOf tells of texts that were longer than what is read at once.
func (p *Pipeline) warnOf(long int) {
	if long == 0 || p.options.Warn == nil {
		return
	}
	did := "cut"
	if k := p.Model.Kind; k != nil && k.Facts().ByToken {
		did = "read in windows"
	}
	p.options.Warn(fmt.Sprintf("texts longer than what is read at once: %d; they were %s", long, did))
}

// Score reads examples as [Pipeline.Stream] does, and gives each to use with its scores, for [task.Model.Predict], or with the error
// of its row; use may return that to end. The first examples, which a stream that was interrupted has scored already, are read, so that
// the others share their batches with the same neighbours and get the same bits, but do not go to use.
//
// It says how many texts were longer than what is read at once: those of classification and choice were cut, those of tags and the
// contexts of spans were read in windows.
func (p *Pipeline) Score(ctx context.Context, first int, r labelled.Reader, use func(s *task.Scored) error) (long int, err error) {
	if err := p.isFor("Stream", nil); err != nil {
		return 0, err
	}
	o := p.Features()
	o.Offsets = true
	encoder, err := p.Model.Encoder(nil, o)
	if err != nil {
		return 0, err
	}
	from, end := labelled.Asked(r)
	return stream(ctx, from+first, end, r, encoder, p.Model.Network.Encoder(), p.Model.Forward, use)
}

// portion is what goes through the model at once: whole examples, about a budget of tokens.
type portion struct {
	examples []labelled.Example
	faults   []error // of each example; nil where there is none
	batch    features.Batch
	long     []bool // of each example: it was longer than what is read at once
	err      error  // of the reader: the last portion has one
}

// stream encodes ahead, in a goroutine of its own, and scores the examples from first on, end excluded. Numbers are those of a stream that
// scores all of them: from its second pass on, a model multiplies by weights in another order, which rounds otherwise.
func stream(ctx context.Context, first, end int, r labelled.Reader, encoder features.Encoder, model *bert.Model,
	forward func(b *features.Batch) (*task.Outputs, error), use func(s *task.Scored) error,
) (long int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	portions := make(chan *portion, 2)
	defer func() {
		cancel()
		for range portions { // until the reader is left alone: the caller may close it
		}
	}()
	go func() {
		defer close(portions)
		if err := fault.Caught(func() error { read(ctx, r, encoder, task.Budget(model.Mode().Device), portions); return nil }); err != nil {
			select {
			case portions <- &portion{err: err}:
			case <-ctx.Done():
			}
		}
	}()
	at := 0 // the example that comes next
	for p := range portions {
		later := at > 0
		if err := ctx.Err(); err != nil {
			return long, err
		}
		var scored []*task.Scored
		if at < end && at+len(p.examples) > first && p.batch.Len() > 0 {
			if later {
				if err := model.Reorder(); err != nil {
					return long, err
				}
			}
			out, err := forward(&p.batch)
			if err != nil {
				return long, err
			}
			scored = out.Split(&p.batch)
		}
		for i := range p.examples {
			s := &task.Scored{}
			if p.faults[i] == nil && len(scored) > 0 {
				s, scored = scored[0], scored[1:]
			}
			if at++; at <= first || at > end {
				continue
			}
			if p.long[i] {
				long++
			}
			s.Example, s.Err = p.examples[i], p.faults[i]
			if err := use(s); err != nil {
				return long, err
			}
		}
		if p.err != nil && !errors.Is(p.err, io.EOF) {
			return long, p.err
		}
		if at >= end {
			return long, nil
		}
	}
	return long, ctx.Err()
}

// read fills portions until the reader ends.
func read(ctx context.Context, r labelled.Reader, encoder features.Encoder, budget int, portions chan<- *portion) {
	for {
		p := &portion{}
		for p.batch.Tokens() < budget && len(p.examples) < budget {
			if ctx.Err() != nil {
				return
			}
			e, err := r.Next()
			if errors.Is(err, labelled.ErrPause) {
				if len(p.examples) > 0 {
					break // Somebody may be waiting.
				}
				continue
			}
			if err != nil && !labelled.IsRow(err) {
				p.err = err
				break
			}
			windows, cut := p.batch.Len(), encoder.Truncated()
			if err == nil {
				err = encoder.Append(&p.batch, &e)
			}
			long := encoder.Truncated() > cut
			if encoder.Kind() == labelled.Span {
				long = p.batch.Len() > windows+1
			}
			p.examples, p.faults, p.long = append(p.examples, e), append(p.faults, err), append(p.long, long)
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
