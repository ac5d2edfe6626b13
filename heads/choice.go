package heads

import (
	"gobert/bert"
	"gobert/internal/torch"
)

// Choice picks one of several continuations: each is a sequence of its own, scored by its pooled first token. Reference:
// BertForMultipleChoice.
type Choice struct {
	Bert       *bert.Model  `hf:"bert"`
	Classifier *bert.Linear `hf:"classifier"` // [1,H]
}

// NewChoice declares an encoder with a multiple choice head.
func NewChoice(c bert.Config) (*Choice, error) {
	m, err := bert.New(c, true)
	if err != nil {
		return nil, err
	}
	return &Choice{Bert: m, Classifier: bert.NewLinear(c.HiddenSize, 1)}, nil
}

// Encoder is the BERT below the head.
func (c *Choice) Encoder() *bert.Model { return c.Bert }

// Architecture is the reference's class.
func (c *Choice) Architecture() string { return "BertForMultipleChoice" }

// Logits gives [B/choices, choices] for sequences that lie question by question.
func (c *Choice) Logits(p *torch.Pass, in *bert.Packed, choices int) *torch.Tensor {
	return p.Reshape(c.Classifier.Forward(p, headDropout(p, pooled(p, c.Bert, in), c.Bert.Config)), -1, int64(choices))
}

// Loss compares logits [Q,choices] with the right choice of each question, int64 [Q].
func (c *Choice) Loss(p *torch.Pass, logits, labels *torch.Tensor, r Regularization) *torch.Tensor {
	return p.CrossEntropy(p.Cast(logits, torch.Float32), labels, nil, r.Smoothing)
}
