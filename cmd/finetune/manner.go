package main

import (
	"context"
	"fmt"

	"gobert/data/labelled"
	"gobert/data/vectors"
	"gobert/internal/fault"
	"gobert/internal/sentencetransformers"
	"gobert/pipeline"
	"gobert/sparse"
)

// manner is how texts become what is written: dense vectors, or sparse ones, or similarities of pairs of either.
type manner struct {
	width      int // of a dense vector; of a sparse one the words that may have a weight
	similarity pipeline.Similarity
	stream     func(ctx context.Context, r labelled.Reader, out *vectors.Writer, each func()) (cut int, err error)
	told       func() string // what vectors there were
}

// sparsely refuses flags that do not go with sparse vectors, or without.
func (v *embedVerb) sparsely() error {
	switch {
	case !v.Sparse && v.Terms:
		return fault.Usage("{terms} is for {sparse}")
	case !v.Sparse && v.Top > 0:
		return fault.Usage("{top} is for {sparse}")
	case v.Sparse && len(v.Pooling) > 0:
		return fault.Usage("{sparse} takes the largest logits of each text: there is no {pooling} to choose")
	case v.Sparse && v.Normalize != nil:
		return fault.Usage("{sparse} vectors are never made of length 1: expected it without {normalize}")
	case v.Terms && v.Pairs:
		return fault.Usage("{terms} and {pairs}: expected one of them")
	}
	return nil
}

// manner is what the flags ask for.
func (v *embedVerb) manner(p *pipeline.Pipeline, e *pipeline.Embedder) *manner {
	if !v.Sparse {
		return &manner{
			width: e.Width, similarity: e.Similarity,
			stream: func(ctx context.Context, r labelled.Reader, out *vectors.Writer, each func()) (int, error) {
				return e.Stream(ctx, r, added(v, out, each, e.Similarity, out.Add, func(row []float32) []float32 { return row }))
			},
			told: func() string { return fmt.Sprintf("%s pooling, %d numbers each", e.Pooling, e.Width) },
		}
	}
	words, weights, texts := p.Model.Network.Encoder().Config.VocabSize, 0, 0
	how := &manner{width: words, similarity: e.Similarity}
	if e.Logarithms == 0 { // the folder speaks of dense vectors, if at all
		how.similarity = sentencetransformers.Dot
	}
	how.stream = func(ctx context.Context, r labelled.Reader, out *vectors.Writer, each func()) (int, error) {
		write := func(row sparse.Vector) error {
			if !v.Terms {
				return out.AddLine(row)
			}
			terms, err := row.Terms(p.Model.Tokenizer)
			if err != nil {
				return err
			}
			return out.AddLine(terms)
		}
		add := added(v, out, each, how.similarity, write, func(row sparse.Vector) []float32 { return row.Dense(words) })
		return sparse.Stream(ctx, p, r, func(row sparse.Vector) error {
			if v.Top > 0 {
				row = row.Top(v.Top)
			}
			weights, texts = weights+len(row), texts+1
			return add(row)
		})
	}
	how.told = func() string {
		return fmt.Sprintf("%.1f weights each, of %d words", float64(weights)/float64(max(texts, 1)), words)
	}
	return how
}

// added is what is done with each vector: it is written, or compared with the other one of its pair, and shown when somebody reads along.
func added[R any](v *embedVerb, out *vectors.Writer, each func(), like pipeline.Similarity, write func(R) error, dense func(R) []float32) func(row R) error {
	var held []float32 // the first of a pair
	return func(row R) error {
		each()
		var err error
		switch {
		case !v.Pairs:
			err = write(row)
		case held == nil:
			held = dense(row)
			return nil
		default:
			err = out.Add([]float32{float32(like.Of(held, dense(row)))})
			held = nil
		}
		if err != nil || v.Output != "-" {
			return err
		}
		return out.Flush()
	}
}
