package task

import (
	"context"

	"gobert/bert"
	"gobert/data"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/train"
)

// Pretraining is BERT's two tasks, masked tokens and next sentences, as the trainer wants them: the one place where batches of
// package data meet the network.
type Pretraining struct{ Model *heads.Pretraining }

// Network is what is trained.
func (t *Pretraining) Network() bert.Network { return t.Model }

// Tokens counts the real tokens.
func (t *Pretraining) Tokens(b *data.Batch) int { return b.Tokens() }

// Measured names what is measured.
func (t *Pretraining) Measured() []string {
	return []string{"loss", "mlm_loss", "mlm_accuracy", "nsp_loss", "nsp_accuracy"}
}

// Amounts are the masked tokens and the pairs of sentences.
func (t *Pretraining) Amounts(b *data.Batch) []float64 {
	amounts := make([]float64, 2)
	if t.Model.MaskedLM != nil {
		amounts[0] = float64(len(b.MaskedRows))
	}
	if t.Model.Next != nil {
		amounts[1] = float64(len(b.Next))
	}
	return amounts
}

// Loss runs both tasks on a batch.
func (t *Pretraining) Loss(p *torch.Pass, b *data.Batch, gradient float64) (train.Outcome, error) {
	return t.LossOf(p, b, gradient, t.Amounts(b))
}

// LossOf is a batch's share of both tasks' means over so many masked tokens and pairs.
func (t *Pretraining) LossOf(p *torch.Pass, b *data.Batch, gradient float64, totals []float64) (train.Outcome, error) {
	in, err := t.Model.Bert.Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets})
	if err != nil {
		return train.Outcome{}, err
	}
	own := t.Amounts(b)
	targets := heads.PretrainingTargets{Rows: b.MaskedRows, IDs: b.MaskedIDs, MaskedShare: share(own[0], totals[0]), NextShare: share(own[1], totals[1])}
	for _, label := range b.Next {
		targets.Next = append(targets.Next, int64(label))
	}
	loss := t.Model.Loss(p, in, targets, gradient)
	return train.Outcome{Loss: loss.Total, Measures: measuresOf(loss, len(b.MaskedRows), len(b.Next))}, nil
}

// share is what a mean over n stands for in one over total. The gradient that flows is a float32.
func share(n, total float64) float64 {
	if n == total {
		return 1
	}
	return float64(float32(n / total))
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

// measuresOf are weighted by what they are means of: masked tokens, sequences.
func measuresOf(loss heads.PretrainingLoss, masked, sequences int) []train.Measure {
	list := []train.Measure{{Name: "loss", Value: loss.Total, Count: 1}}
	if loss.MaskedLM != nil {
		n := float64(masked)
		list = append(list, train.Measure{Name: "mlm_loss", Value: loss.MaskedLM, Mean: true, Count: n}, train.Measure{Name: "mlm_accuracy", Value: loss.MaskedCorrect, Count: n})
	}
	if loss.Next != nil {
		n := float64(sequences)
		list = append(list, train.Measure{Name: "nsp_loss", Value: loss.Next, Mean: true, Count: n}, train.Measure{Name: "nsp_accuracy", Value: loss.NextCorrect, Count: n})
	}
	return list
}

// FLOPs counts those of a training step of both tasks that cannot be left out: activations computed a second time to save memory
// do not count, and neither does what follows attention in the last layer for tokens that no task reads.
func (t *Pretraining) FLOPs(b *data.Batch) float64 {
	c := t.Model.Bert.Config
	h, inner, v := float64(c.HiddenSize), float64(c.IntermediateSize), float64(c.VocabSize)
	asked := 0 // rows of the last layer that the tasks read: masked tokens, and the first of each sequence, which never is one
	forward := 0.0
	if t.Model.MaskedLM != nil {
		asked += len(b.MaskedRows)
		forward += float64(len(b.MaskedRows)) * 2 * (h*h + h*v)
	}
	if t.Model.Next != nil {
		asked += len(b.Next)
		forward += float64(len(b.Next)) * 2 * (h*h + 2*h)
	}
	return passes * (forward + EncoderFLOPs(c, b.Offsets) - float64(b.Tokens()-asked)*2*(h*h+2*h*inner))
}

// Evaluate measures both tasks over batches, without dropout. Each measure is the mean over what it is a mean of: masked tokens,
// sequences; loss is the sum of both tasks' losses.
func (t *Pretraining) Evaluate(ctx context.Context, device bert.Device, compute torch.DType, batches []*data.Batch) ([]train.Value, error) {
	measured, err := train.Evaluate(ctx, t, device, compute, batches)
	values := []train.Value{{Name: "loss"}}
	for _, v := range measured {
		if v.Name == "mlm_loss" || v.Name == "nsp_loss" {
			values[0].Value += v.Value
		}
		if v.Name != "loss" { // that of a batch: batches differ in what they hold
			values = append(values, v)
		}
	}
	return values, err
}
