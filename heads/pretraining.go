package heads

import (
	"cmp"

	"gobert/bert"
	"gobert/internal/fault"
	"gobert/internal/torch"
)

// MaskedLM predicts the original ids of masked tokens: a dense layer, the encoder's activation, a norm, and a decoder that
// is the word embedding itself, plus a bias (Devlin et al. 2019, section 3.1, task 1; reference: BertLMPredictionHead).
type MaskedLM struct {
	Transform *bert.Linear    `hf:"transform.dense"`
	Norm      *bert.LayerNorm `hf:"transform.LayerNorm"`
	Bias      *bert.Parameter `hf:"bias"` // [V]
}

func newMaskedLM(c bert.Config) *MaskedLM {
	return &MaskedLM{
		Transform: bert.NewLinear(c.HiddenSize, c.HiddenSize),
		Norm:      bert.NewLayerNorm(c.HiddenSize),
		Bias:      bert.NewBias(c.VocabSize),
	}
}

// decoder maps to the vocabulary by the word embedding itself.
func (h *MaskedLM) decoder(m *bert.Model) *bert.Linear {
	return &bert.Linear{Weight: m.Embeddings.Word.Weight, Bias: h.Bias}
}

// transform maps the hidden states [M,H] of the asked rows to what the decoder takes.
func (h *MaskedLM) transform(p *torch.Pass, x *torch.Tensor, c bert.Config) *torch.Tensor {
	x, _ = h.Transform.Activated(p, x, c.Activation)
	return h.Norm.Forward(p, x, c.LayerNormEps)
}

// Loss is the mean cross-entropy of hidden states [M,H] of masked tokens with their ids int32 [M], and how many were
// predicted right. Only these rows meet the vocabulary; the id -1 asks for nothing. gradScale is the gradient that will flow
// into the loss.
func (h *MaskedLM) Loss(p *torch.Pass, m *bert.Model, states, ids *torch.Tensor, gradScale float64) (loss, correct *torch.Tensor) {
	return h.decoder(m).Loss(p, h.transform(p, states, m.Config), ids, gradScale)
}

// Logits scores every word of the vocabulary for the given rows: [M,V].
func (h *MaskedLM) Logits(p *torch.Pass, m *bert.Model, last, rows *torch.Tensor) *torch.Tensor {
	return h.decoder(m).Forward(p, h.transform(p, p.GatherRows(last, rows), m.Config))
}

// Pretraining is the encoder with both of BERT's training tasks on top; either head may be missing (nil). Reference:
// BertForPreTraining, BertForMaskedLM (no Next, no pooler), BertForNextSentencePrediction (no MaskedLM).
type Pretraining struct {
	Bert     *bert.Model  `hf:"bert"`
	MaskedLM *MaskedLM    `hf:"cls.predictions"`
	Next     *bert.Linear `hf:"cls.seq_relationship"` // 0: B follows A, 1: it does not
}

// NewPretraining declares the encoder with both heads.
func NewPretraining(c bert.Config) (*Pretraining, error) {
	return newPretraining(c, true, true)
}

// NewMaskedLM declares the encoder with the masked language model head alone.
func NewMaskedLM(c bert.Config) (*Pretraining, error) {
	return newPretraining(c, true, false)
}

// NewNextSentence declares the encoder with the next sentence head alone.
func NewNextSentence(c bert.Config) (*Pretraining, error) {
	return newPretraining(c, false, true)
}

func newPretraining(c bert.Config, masked, next bool) (*Pretraining, error) {
	m, err := bert.New(c, next)
	if err != nil {
		return nil, err
	}
	n := &Pretraining{Bert: m}
	if masked && string(c.Extra["tie_word_embeddings"]) == "false" {
		return nil, fault.New("heads: tie_word_embeddings is false: the decoder of BERT's masked language model is its word embedding").Advise("the encoder of this model loads without that head")
	}
	if masked {
		n.MaskedLM = newMaskedLM(c)
	}
	if next {
		n.Next = bert.NewLinear(c.HiddenSize, 2)
	}
	return n, nil
}

// Encoder is the BERT below the heads.
func (n *Pretraining) Encoder() *bert.Model { return n.Bert }

// Architecture is the reference's class for the heads that are there.
func (n *Pretraining) Architecture() string {
	switch {
	case n.Next == nil:
		return "BertForMaskedLM"
	case n.MaskedLM == nil:
		return "BertForNextSentencePrediction"
	}
	return "BertForPreTraining"
}

// PretrainingTargets are the labels of a batch; a nil field leaves its task out.
type PretrainingTargets struct {
	Rows []int32 // [M] rows of masked tokens, ascending
	IDs  []int32 // [M] their original ids
	Next []int64 // [B] 0: B follows A, 1: it does not

	// MaskedShare and NextShare are what each task's mean stands for in the mean of a larger batch of which this one is a part; 0 is all.
	// They are float32s.
	MaskedShare, NextShare float64
}

// PretrainingLoss holds the joint loss and its parts, all on the device.
type PretrainingLoss struct {
	Total         *torch.Tensor // scalar: the sum of the parts
	MaskedLM      *torch.Tensor // scalar, nil without masked rows
	MaskedCorrect *torch.Tensor // scalar count
	Next          *torch.Tensor // scalar, nil without next sentence labels
	NextCorrect   *torch.Tensor // scalar count
}

// Loss runs the encoder and the heads that have targets. gradScale is the gradient that will flow into Total. Of the last
// layer only what the targets need is computed: the masked rows and the first of each sequence.
func (n *Pretraining) Loss(p *torch.Pass, in *bert.Packed, targets PretrainingTargets, gradScale float64) PretrainingLoss {
	if n.MaskedLM == nil || len(targets.Rows) == 0 {
		targets.Rows, targets.IDs = nil, nil
	}
	if n.Next == nil || len(targets.Next) == 0 {
		targets.Next = nil
	}
	a := ask(p, in, targets)
	masked, firsts := a.parts(p, n.Bert.Forward(p, in, bert.Want{Rows: a.rows}).Last) // [M,H], [B,H]
	var loss PretrainingLoss
	if targets.Rows != nil {
		whole := cmp.Or(targets.MaskedShare, 1)
		loss.MaskedLM, loss.MaskedCorrect = n.MaskedLM.Loss(p, n.Bert, masked, a.ids, gradScale*whole)
		loss.Total = shareOf(p, loss.MaskedLM, whole)
	}
	if targets.Next != nil {
		// Two classes are a small vocabulary: the loss and its gradient come from the same kernel.
		whole := cmp.Or(targets.NextShare, 1)
		loss.Next, loss.NextCorrect = n.Next.Loss(p, n.Bert.Pool(p, firsts), a.next, gradScale*whole)
		if next := shareOf(p, loss.Next, whole); loss.Total == nil {
			loss.Total = next
		} else {
			loss.Total = p.Add(loss.Total, next)
		}
	}
	return loss
}

// shareOf is a part of a loss.
func shareOf(p *torch.Pass, loss *torch.Tensor, share float64) *torch.Tensor {
	if share == 1 {
		return loss
	}
	return p.Scale(loss, share)
}

// NextLogits scores "B follows A" and "B does not" for each sequence: [B,2].
func (n *Pretraining) NextLogits(p *torch.Pass, in *bert.Packed, last *torch.Tensor) *torch.Tensor {
	return n.Next.Forward(p, n.Bert.Pool(p, p.GatherRows(last, in.Firsts())))
}
