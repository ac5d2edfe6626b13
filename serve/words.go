package serve

import (
	"gobert/data/labelled/features"
	"gobert/sparse"
)

// embedSparseRequest is text-embeddings-inference's.
type embedSparseRequest struct {
	Model  string `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs input  `json:"inputs"`
	Asking
}

// weigh is the operation behind it.
func (m *model) weigh(b *features.Batch) ([]output, error) {
	vectors, err := sparse.Forward(m.pipe, b)
	list := make([]output, len(vectors))
	for i, v := range vectors {
		list[i].weights = v
	}
	return list, err
}

// splade says whether the model's folder makes sparse vectors.
func (m *model) splade() bool {
	e, err := m.embedder(wanted{})
	return err == nil && e.Logarithms > 0
}

// embedSparse gives a list of weights for each text, also where there is one, as text-embeddings-inference does.
func embedSparse(c *call, in *embedSparseRequest) ([]sparse.Vector, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	if !m.pipe.HasMasks() {
		return nil, wrong("model", "%s has no head for masks, whose logits are the weights of words: ask %s", m.name, m.fitting())
	}
	if err := short("inputs", len(in.Inputs.list)*m.pipe.Model.Network.Encoder().Config.VocabSize); err != nil { // each word of the vocabulary may have a weight
		return nil, err
	}
	_, w, err := c.embedding(m, wanted{prompt: in.Prompt}, "inputs", in.Inputs, in.Cutting)
	if err != nil {
		return nil, err
	}
	outputs, err := c.run(w, &m.sparse)
	list := make([]sparse.Vector, len(outputs))
	for i, out := range outputs {
		list[i] = out.weights
	}
	return list, err
}
