package pretrain

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gobert/bert"
	"gobert/data/pretraining/texts"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/pipeline"
	"gobert/task"
	"gobert/train"
)

// Measuring says what a model is measured on.
type Measuring struct {
	Data      string `group:"Data" required:"" placeholder:"DIR" help:"Corpus: its held-out part, or all of it where it has none."`
	Tokenizer string `group:"Data" placeholder:"DIR" help:"Tokenizer of the corpus. Default: the one kept in --data."`
	Length    int    `name:"seq-length" aliases:"length" group:"Data" default:"128" help:"Longest sequence, in tokens, special ones included."`
	Sequences int    `group:"Data" default:"0" help:"Sequences to measure, spread over the text. 0: all."`
	Batch     int    `aliases:"batch-size" group:"Computing" default:"32" help:"Sequences in a batch; it changes speed and memory only."`
}

// Measures are a model's held-out results, beside what knows token frequencies only.
type Measures struct {
	Loss           float64  `json:"loss"`
	MaskedLoss     float64  `json:"mlm_loss"`
	Perplexity     float64  `json:"perplexity"`
	MaskedAccuracy float64  `json:"mlm_accuracy"`
	HasNext        bool     `json:"has_nsp"`
	NextLoss       float64  `json:"nsp_loss,omitempty"`
	NextAccuracy   float64  `json:"nsp_accuracy,omitempty"`
	Sequences      int      `json:"sequences"`
	Masked         int      `json:"masked_tokens"`
	Baseline       Baseline `json:"baseline"`
}

// Perplexity is that of the baseline.
func (b Baseline) Perplexity() float64 { return math.Exp(b.Loss) }

// NextLoss is that of always answering with the share of the answers.
func (b Baseline) NextLoss() float64 {
	if b.Next <= 0 || b.Next >= 1 {
		return 0
	}
	return -b.Next*math.Log(b.Next) - (1-b.Next)*math.Log(1-b.Next)
}

// Measure evaluates a model on a corpus.
func Measure(ctx context.Context, model string, o Measuring, open pipeline.Options) (m Measures, err error) {
	if o.Batch < 1 || o.Sequences < 0 || o.Length < 5 {
		return m, fault.Usage("{batch} %d, {sequences} %d, {seq-length} %d: expected at least 1, 0 and 5", o.Batch, o.Sequences, o.Length)
	}
	t, err := texts.Open(texts.Options{Data: o.Data, Tokenizer: o.Tokenizer})
	defer func() { err = errors.Join(err, t.Close()) }()
	if err != nil {
		return m, err
	}
	p, err := pipeline.Open(ctx, model, open)
	if err != nil {
		return m, err
	}
	defer p.Close()
	if p.Model.Tokenizer.Hash() != t.Tokenizer.Hash() {
		return m, fault.Usage("{data}: %s was made with another tokenizer than that of %s", o.Data, model)
	}
	if o.Length > p.Model.Positions() {
		return m, fault.Usage("{seq-length} is %d: %s reads %d tokens", o.Length, model, p.Model.Positions())
	}
	if !p.HasMasks() {
		return m, fmt.Errorf("pretrain: %s has no head for masks", model)
	}
	v, err := texts.Vocabulary(t.Tokenizer)
	if err != nil {
		return m, err
	}
	batches, err := heldout(t.Evaluation(), v, o.Length, p.HasNext(), o.Sequences, o.Batch)
	if err != nil {
		return m, err
	}
	network := p.Model.Network.(*heads.Pretraining)
	if !p.HasNext() {
		network.Next = nil
	}
	values, err := (&task.Pretraining{Model: network}).Evaluate(ctx, p.Model.Device, p.Model.Compute, batches)
	if err != nil {
		return m, err
	}
	for name, into := range map[string]*float64{
		"loss": &m.Loss, "mlm_loss": &m.MaskedLoss, "mlm_accuracy": &m.MaskedAccuracy, "nsp_loss": &m.NextLoss,
		"nsp_accuracy": &m.NextAccuracy,
	} {
		*into, _ = train.Find(values, name)
	}
	if !bert.Finite([]float32{float32(m.Loss), float32(m.MaskedLoss)}) {
		return m, fault.New("pretrain: the model's scores are NaN or infinite: so are its weights, or fp16 is too narrow for them").Advise("{compute} fp32")
	}
	m.Perplexity, m.HasNext = math.Exp(m.MaskedLoss), p.HasNext()
	for _, b := range batches {
		m.Sequences += b.Len()
		m.Masked += len(b.MaskedIDs)
	}
	m.Baseline = unigram(t.Train, v.Size, t.Tokenizer.Token, batches)
	return m, nil
}
