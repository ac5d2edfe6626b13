package sparse

import (
	"cmp"
	"context"
	"slices"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/internal/fault"
	"gobert/pipeline"
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

// Dense has a number for each word of a vocabulary of so many.
func (v Vector) Dense(words int) []float32 {
	list := make([]float32, words)
	for _, x := range v {
		list[x.Index] = x.Value
	}
	return list
}

// Top keeps the largest weights, at most n; of equal ones those of lower ids.
func (v Vector) Top(n int) Vector {
	if n >= len(v) {
		return v
	}
	kept := slices.Clone(v.sorted()[:n])
	slices.SortFunc(kept, func(a, b Value) int { return cmp.Compare(a.Index, b.Index) })
	return kept
}

// sorted has the largest weights first.
func (v Vector) sorted() Vector {
	list := slices.Clone(v)
	slices.SortStableFunc(list, func(a, b Value) int { return cmp.Compare(b.Value, a.Value) })
	return list
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
	return pipeline.Stream(ctx, e, r, func(b *features.Batch) ([]Vector, error) { return Forward(p, b) }, use)
}

// nan is what is said of logits that are none.
func nan(p *pipeline.Pipeline) error {
	return fault.New("sparse: %s gives NaN or infinity: so are its weights, or fp16 is too narrow for them", p.Model.Folder).Advise("{compute} fp32")
}
