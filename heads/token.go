package heads

import (
	"gobert/bert"
	"gobert/internal/torch"
)

// Token classifies every token. Reference: BertForTokenClassification.
type Token struct {
	Bert       *bert.Model  `hf:"bert"`
	Classifier *bert.Linear `hf:"classifier"` // [C,H]
}

// NewToken declares an encoder with a token classifier over the configuration's labels.
func NewToken(c bert.Config) (*Token, error) {
	m, err := bert.New(c, false)
	if err != nil {
		return nil, err
	}
	return &Token{Bert: m, Classifier: bert.NewLinear(c.HiddenSize, len(c.Labels()))}, nil
}

// Encoder is the BERT below the head.
func (t *Token) Encoder() *bert.Model { return t.Bert }

// Architecture is the reference's class.
func (t *Token) Architecture() string { return "BertForTokenClassification" }

// Logits gives [N,C] for the packed tokens.
func (t *Token) Logits(p *torch.Pass, in *bert.Packed) *torch.Tensor {
	return p.Tokens(t.scores(p, in, bert.Want{Spare: true}), in.Sequences)
}

// LogitsOf gives [M,C] for some rows of the packed tokens, int32 [M], ascending: the tokens that have a label, mostly the
// first of each word. The rest of the last layer is left out.
func (t *Token) LogitsOf(p *torch.Pass, in *bert.Packed, rows *torch.Tensor) *torch.Tensor {
	return t.scores(p, in, bert.Want{Rows: rows})
}

func (t *Token) scores(p *torch.Pass, in *bert.Packed, want bert.Want) *torch.Tensor {
	return t.Classifier.Forward(p, headDropout(p, t.Bert.Forward(p, in, want).Last, t.Bert.Config))
}

// Loss compares logits [N,C] with labels int64 [N]; -100 marks tokens that do not count.
func (t *Token) Loss(p *torch.Pass, logits, labels *torch.Tensor, r Regularization) *torch.Tensor {
	return p.CrossEntropy(p.Cast(logits, torch.Float32), labels, r.ClassWeights, r.Smoothing)
}
