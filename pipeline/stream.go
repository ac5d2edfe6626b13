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
	if r == nil {
		return 0, errors.New("pipeline: there is nothing to read examples from: the reader is nil")
	}
	o := p.Features()
	o.Offsets = true
	encoder, err := p.Model.Encoder(nil, o)
	if err != nil {
		return 0, err
	}
	from, end := labelled.Asked(r)
	forward := func(b *features.Batch) ([]*task.Scored, error) {
		out, err := p.Model.Forward(b)
		if err != nil {
			return nil, err
		}
		return out.Split(b), nil
	}
	return stream(ctx, from+first, end, r, encoder, p.Model.Network.Encoder(), forward, func(e labelled.Example, s *task.Scored, fault error) error {
		if s == nil {
			s = &task.Scored{}
		}
		s.Example, s.Err = e, fault
		return use(s)
	})
}

// Stream is [Embedder.Stream] for whatever forward makes of the texts of a batch, something for each of them.
func Stream[R any](ctx context.Context, e *Embedder, r labelled.Reader, forward func(b *features.Batch) ([]R, error), use func(result R) error) (cut int, err error) {
	encoder, err := features.NewClassifier(e.Tokenizer, nil, features.Options{MaxLength: e.MaxLength})
	if err != nil {
		return 0, err
	}
	first, end := labelled.Asked(r)
	return stream(ctx, first, end, &prompted{r, e.Prompt}, encoder, e.model, forward, func(_ labelled.Example, result R, fault error) error {
		if fault != nil {
			return fault
		}
		return use(result)
	})
}

// prompted puts a prompt before every text.
type prompted struct {
	labelled.Reader
	prompt string
}

// Next gives the next text.
func (r *prompted) Next() (labelled.Example, error) {
	e, err := r.Reader.Next()
	e.Text = r.prompt + e.Text
	return e, err
}

// portion is what goes through the model at once: whole examples, about a budget of tokens.
type portion struct {
	examples []labelled.Example
	faults   []error // of each example; nil where there is none
	batch    features.Batch
	long     []bool // of each example: it was longer than what is read at once
	err      error  // of the reader: the last portion has one
}

// stream encodes ahead, in a goroutine of its own, and takes the examples from first on, end excluded, through forward, which gives something for
// each. Numbers are those of a stream that takes all of them: from its second pass on, a model multiplies by weights in another
// order, which rounds otherwise.
func stream[R any](ctx context.Context, first, end int, r labelled.Reader, encoder features.Encoder, model *bert.Model,
	forward func(b *features.Batch) ([]R, error), use func(e labelled.Example, result R, fault error) error,
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
		var results []R
		if at < end && at+len(p.examples) > first && p.batch.Len() > 0 {
			if later {
				if err := model.Reorder(); err != nil {
					return long, err
				}
			}
			if results, err = forward(&p.batch); err != nil {
				return long, err
			}
		}
		for i := range p.examples {
			var result R
			if p.faults[i] == nil && len(results) > 0 {
				result, results = results[0], results[1:]
			}
			if at++; at <= first || at > end {
				continue
			}
			if p.long[i] {
				long++
			}
			if err := use(p.examples[i], result, p.faults[i]); err != nil {
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
