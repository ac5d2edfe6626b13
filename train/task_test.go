package train

import (
	"gobert/bert"
	"gobert/data"
	"gobert/heads"
	"gobert/internal/torch"
)

// Pretraining is what these tests train: BERT's two tasks, as package task has them.
type Pretraining struct {
	Model *heads.Pretraining
	Cost  func(batch *data.Batch) float64 // floating point operations of a training step on the batch

	shares [2]float64 // of a part
}

// Network is what is trained.
func (t *Pretraining) Network() bert.Network { return t.Model }

// Tokens counts the real tokens.
func (t *Pretraining) Tokens(b *data.Batch) int { return b.Tokens() }

// FLOPs counts the model's operations.
func (t *Pretraining) FLOPs(b *data.Batch) float64 { return t.Cost(b) }

// Loss runs both tasks on a batch.
func (t *Pretraining) Loss(p *torch.Pass, b *data.Batch, gradient float64) (Outcome, error) {
	in, err := t.Model.Bert.Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets})
	if err != nil {
		return Outcome{}, err
	}
	targets := heads.PretrainingTargets{Rows: b.MaskedRows, IDs: b.MaskedIDs, MaskedShare: t.shares[0], NextShare: t.shares[1]}
	for _, label := range b.Next {
		targets.Next = append(targets.Next, int64(label))
	}
	loss := t.Model.Loss(p, in, targets, gradient)
	return Outcome{Loss: loss.Total, Measures: measures(loss, len(b.MaskedRows), len(b.Next))}, nil
}

// Counts are what the measures of [Pretraining.Loss] are means of.
func (t *Pretraining) Counts(b *data.Batch) []float64 {
	counts := []float64{1}
	if masked := float64(len(b.MaskedRows)); t.Model.MaskedLM != nil && masked > 0 {
		counts = append(counts, masked, masked)
	}
	if sequences := float64(len(b.Next)); t.Model.Next != nil && sequences > 0 {
		counts = append(counts, sequences, sequences)
	}
	return counts
}

// measures are weighted by what they are means of: masked tokens, sequences.
func measures(loss heads.PretrainingLoss, masked, sequences int) []Measure {
	list := []Measure{{Name: "loss", Value: loss.Total, Count: 1}}
	if loss.MaskedLM != nil {
		n := float64(masked)
		list = append(list, Measure{Name: "mlm_loss", Value: loss.MaskedLM, Mean: true, Count: n}, Measure{Name: "mlm_accuracy", Value: loss.MaskedCorrect, Count: n})
	}
	if loss.Next != nil {
		n := float64(sequences)
		list = append(list, Measure{Name: "nsp_loss", Value: loss.Next, Mean: true, Count: n}, Measure{Name: "nsp_accuracy", Value: loss.NextCorrect, Count: n})
	}
	return list
}
