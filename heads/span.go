package heads

import (
	"gobert/bert"
	"gobert/internal/torch"
)

// Span finds the first and the last token of an answer. Reference: BertForQuestionAnswering.
type Span struct {
	Bert    *bert.Model  `hf:"bert"`
	Outputs *bert.Linear `hf:"qa_outputs"` // [2,H]: first, last
}

// NewSpan declares an encoder with a span head.
func NewSpan(c bert.Config) (*Span, error) {
	m, err := bert.New(c, false)
	if err != nil {
		return nil, err
	}
	return &Span{Bert: m, Outputs: bert.NewLinear(c.HiddenSize, 2)}, nil
}

// Encoder is the BERT below the head.
func (s *Span) Encoder() *bert.Model { return s.Bert }

// Architecture is the reference's class.
func (s *Span) Architecture() string { return "BertForQuestionAnswering" }

// Logits gives [N,2] for the packed tokens: how well each begins and ends the answer.
func (s *Span) Logits(p *torch.Pass, in *bert.Packed) *torch.Tensor {
	return p.Tokens(s.Outputs.Forward(p, s.Bert.Forward(p, in, bert.Want{Spare: true}).Last), in.Sequences)
}

// PaddedLogit stands where a shorter sequence has no token. Here alone the reference's number depends on what else is in the
// batch: its softmax takes in the padding of shorter sequences, as if an answer could begin there. A packed batch has no
// padding, so each sequence's loss is what the reference gives for it alone; where all have one length, both agree.
const PaddedLogit = -1e9

// Loss is the mean of the two cross-entropies, over the tokens of each sequence, with the positions of the first and the
// last token, int64 [B], counted within the sequence; [torch.IgnoreIndex] leaves a position out, where the reference is
// given one beyond the end.
func (s *Span) Loss(p *torch.Pass, in *bert.Packed, logits, first, last *torch.Tensor) *torch.Tensor {
	padded := p.PadRows(p.Cast(logits, torch.Float32), in.Sequences, PaddedLogit) // [B,T,2]
	begin := p.CrossEntropy(p.Select(padded, 2, 0), first, nil, 0)
	end := p.CrossEntropy(p.Select(padded, 2, 1), last, nil, 0)
	return p.Scale(p.Add(begin, end), 0.5)
}
