package sparse

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/internal/fault"
	"gobert/pipeline"
	"gobert/task"
)

// Value is the weight of one word of the vocabulary.
type Value struct {
	Index int32   `json:"index" doc:"Id of the token."`
	Value float32 `json:"value" doc:"Its weight, above 0."`
}

// Vector has the weights that are not 0, by ascending index.
type Vector []Value

// Dot is how alike two vectors are: the sum of the products of what both have.
func (v Vector) Dot(other Vector) (sum float64) {
	for len(v) > 0 && len(other) > 0 {
		switch a, b := v[0], other[0]; {
		case a.Index < b.Index:
			v = v[1:]
		case a.Index > b.Index:
			other = other[1:]
		default:
			sum += float64(a.Value) * float64(b.Value)
			v, other = v[1:], other[1:]
		}
	}
	return sum
}

// Fits refuses a model without a head for masks.
func Fits(p *pipeline.Pipeline) error {
	if !p.HasMasks() {
		return &pipeline.PurposeError{
			Folder: p.Model.Folder, Call: "sparse.Embed", Why: "the model has no head for masks, whose logits are the weights of words",
			Advice: "give a SPLADE model, or one that was pretrained, with cls.predictions in it",
		}
	}
	return nil
}

// Embed gives each text its vector. Texts are cut, and the prompt stands before them, as for [pipeline.Pipeline.Embed]; a prompt's tokens
// count, too.
func Embed(ctx context.Context, p *pipeline.Pipeline, texts []string) ([]Vector, error) {
	examples := make([]labelled.Example, len(texts))
	for i, text := range texts {
		examples[i] = labelled.Example{Text: text, Origin: labelled.Origin{File: "the call", Record: i + 1}}
	}
	vectors := make([]Vector, 0, len(texts))
	_, err := Stream(ctx, p, labelled.Given(examples), func(v Vector) error {
		vectors = append(vectors, v)
		return nil
	})
	return vectors, err
}

// Stream gives the vectors of the texts that r reads to use, in order, a batch at a time, and does not wait for a full one while a live
// input pauses. A faulty row ends it. It says how many texts were cut.
func Stream(ctx context.Context, p *pipeline.Pipeline, r labelled.Reader, use func(v Vector) error) (cut int, err error) {
	if err := Fits(p); err != nil {
		return 0, err
	}
	e, err := p.Embedder()
	if err != nil {
		return 0, err
	}
	encoder, err := features.NewClassifier(e.Tokenizer, nil, features.Options{MaxLength: e.MaxLength})
	if err != nil {
		return 0, err
	}
	first, end := labelled.Asked(r)
	texts, budget := 0, task.Budget(p.Model.Device)
	for more := true; more; {
		var b features.Batch
		if more, err = read(ctx, r, encoder, e.Prompt, &b, budget); err != nil {
			return encoder.Truncated(), err
		}
		vectors, err := Forward(p, &b)
		if err != nil {
			return encoder.Truncated(), err
		}
		for _, v := range vectors {
			if texts++; texts <= first || texts > end {
				continue
			}
			if err := use(v); err != nil {
				return encoder.Truncated(), err
			}
		}
	}
	return encoder.Truncated(), nil
}

// read fills a batch with texts; more says whether there may be others.
func read(ctx context.Context, r labelled.Reader, encoder features.Encoder, prompt string, b *features.Batch, budget int) (more bool, err error) {
	for b.Tokens() < budget {
		e, err := r.Next()
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case errors.Is(err, io.EOF):
			return false, nil
		case errors.Is(err, labelled.ErrPause):
			if b.Len() > 0 {
				return true, nil
			}
			continue
		case err != nil:
			return false, err
		}
		e.Text = prompt + e.Text
		if err := encoder.Append(b, &e); err != nil {
			return false, fmt.Errorf("%s: %w", e.Origin, err)
		}
	}
	return true, nil
}

// nan is what is said of logits that are none.
func nan(p *pipeline.Pipeline) error {
	return fault.New("sparse: %s gives NaN or infinity: so are its weights, or fp16 is too narrow for them", p.Model.Folder).Advise("{compute} fp32")
}
