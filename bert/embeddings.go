package bert

import "gobert/internal/torch"

// Embeddings turn ids into vectors: word, position and type added up, normalised, dropped out (Devlin et al. 2019,
// section 3, figure 2).
type Embeddings struct {
	Word     *Embedding `hf:"word_embeddings"`
	Position *Embedding `hf:"position_embeddings"`
	Type     *Embedding `hf:"token_type_embeddings"`
	Norm     *LayerNorm `hf:"LayerNorm"`
}

func newEmbeddings(c Config) *Embeddings {
	return &Embeddings{
		Word:     NewEmbedding(c.VocabSize, c.HiddenSize),
		Position: NewEmbedding(c.MaxPositions, c.HiddenSize),
		Type:     NewEmbedding(c.TypeVocabSize, c.HiddenSize),
		Norm:     NewLayerNorm(c.HiddenSize),
	}
}

// Forward gives [N,H] for the packed tokens, in the pass's compute type.
func (e *Embeddings) Forward(p *torch.Pass, in *Packed, c Config) *torch.Tensor {
	return p.Embed(torch.EmbedInput{
		IDs: in.ids, Types: in.types, Positions: in.positions,
		Word: e.Word.Weight.Value, Type: e.Type.Weight.Value, Position: e.Position.Weight.Value,
		Norm: e.Norm.norm(c.LayerNormEps), Padding: int64(c.Padding()), Dropout: rate(p, c.HiddenDropout),
	})
}
