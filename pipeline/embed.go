package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gobert/bert"
	"gobert/data"
	"gobert/data/labelled"
	"gobert/data/wordpiece"
	"gobert/internal/sentencetransformers"
	"gobert/internal/torch"
	"gobert/task"
)

// Embedder turns texts into vectors.
type Embedder struct {
	Model      *bert.Model
	Tokenizer  *wordpiece.Tokenizer
	Pooling    sentencetransformers.Pooling
	Prompt     string // in front of every text
	MaxLength  int    // tokens of a text
	Similarity sentencetransformers.Similarity
	Over       []string // what options do in place of the folder's word, for people
	Cut        int      // texts that were longer so far

	skip  int    // tokens of the prompt that are not pooled, [CLS] among them
	then  []step // what pooled vectors go through
	width int
	texts int // so far
}

// Width is the length of a vector.
func (e *Embedder) Width() int { return e.width }

// Close frees the model.
func (e *Embedder) Close() error { return e.Model.Close() }

// Stream reads texts from next until io.EOF, and gives the vectors of each batch to use, [B,Width] row by row, in order. It
// holds a few batches at a time, and does not wait for a full one when next gives [labelled.ErrPause]. Texts are cut into tokens
// while the model works on those before.
func (e *Embedder) Stream(ctx context.Context, next func() (string, error), use func(vectors []float32) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	budget := task.Budget(e.Model.Mode().Device)
	type filled struct {
		batch *data.Batch
		err   error
	}
	batches, free := make(chan filled, 2), make(chan *data.Batch, 4)
	go func() {
		defer close(batches)
		for {
			b := new(data.Batch)
			select {
			case b = <-free:
				b.Reset()
			default:
			}
			err := e.fill(ctx, b, budget, next)
			select {
			case batches <- filled{b, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	for f := range batches {
		if f.batch.Len() > 0 {
			vectors, err := e.Batch(f.batch)
			if err == nil {
				err = use(vectors)
			}
			if err != nil {
				return err
			}
		}
		if f.err != nil && !errors.Is(f.err, io.EOF) {
			return f.err
		}
		select {
		case free <- f.batch:
		default:
		}
	}
	return ctx.Err()
}

// fill appends texts until the budget is reached.
func (e *Embedder) fill(ctx context.Context, b *data.Batch, budget int, next func() (string, error)) error {
	special := e.Tokenizer.Special()
	for b.Tokens() < budget {
		text, err := next()
		if errors.Is(err, labelled.ErrPause) {
			if b.Len() > 0 {
				return nil // Somebody may be waiting.
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue
		}
		if err != nil {
			return err
		}
		b.Begin()
		b.IDs = append(b.IDs, special.Cls)
		first := len(b.IDs)
		b.IDs = e.Tokenizer.AppendIDs(b.IDs, e.Prompt+text)
		if room := e.MaxLength - 2; len(b.IDs)-first > room {
			if e.Tokenizer.TruncationSide() == wordpiece.Left {
				copy(b.IDs[first:], b.IDs[len(b.IDs)-room:])
			}
			b.IDs = b.IDs[:first+room]
			e.Cut++
		}
		b.IDs = append(b.IDs, special.Sep)
		for len(b.Types) < len(b.IDs) {
			b.Types = append(b.Types, 0)
		}
		b.End()
	}
	return nil
}

// Batch gives the vectors of a batch, [B,Width] row by row. Means and maxima are taken here, over the packed rows: no padding
// is ever made.
func (e *Embedder) Batch(b *data.Batch) ([]float32, error) {
	hidden := e.Model.Config.HiddenSize
	width := hidden * len(e.Pooling)
	out := make([]float32, b.Len()*width)
	err := torch.Do(e.Model.Mode(), func(p *torch.Pass) error {
		in, err := e.Model.Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets, Round: true})
		if err != nil {
			return err
		}
		if len(e.Pooling) == 1 && e.Pooling[0] == sentencetransformers.CLS && e.skip == 0 {
			torch.ToSlice(e.Model.Firsts(p, in), out)
			return nil
		}
		states := torch.Values[float32](e.Model.Forward(p, in, bert.Want{}).Last)
		for i := range b.Len() {
			pool(e.Pooling, states[int(b.Offsets[i])*hidden:int(b.Offsets[i+1])*hidden], hidden, e.skip, out[i*width:(i+1)*width])
		}
		return nil
	})
	for _, s := range e.then {
		if err == nil {
			out, err = s.apply(out)
		}
	}
	if err == nil && !bert.Finite(out) {
		err = fmt.Errorf("pipeline: the vector of %s holds NaN or infinity (hint: the model's weights do, or fp16 is too narrow for them: --compute fp32)", e.first(out))
	}
	e.texts += b.Len()
	return out, err
}

// first names the first text whose vector is none.
func (e *Embedder) first(vectors []float32) string {
	at := 0
	for bert.Finite(vectors[at*e.width : (at+1)*e.width]) {
		at++
	}
	return fmt.Sprintf("text %d", e.texts+at+1)
}
