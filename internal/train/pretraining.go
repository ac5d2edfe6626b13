package train

import (
	"gobert/bert"
	"gobert/data"
	"gobert/heads"
	"gobert/internal/torch"
)

// Pretraining is BERT's two tasks: the one place where batches of package data meet the network.
type Pretraining struct {
	Model *heads.Pretraining
	Cost  func(batch *data.Batch) float64 // floating point operations of a training step on the batch
}

// Network is what is trained.
func (t *Pretraining) Network() bert.Network { return t.Model }

// Tokens counts the real tokens.
func (t *Pretraining) Tokens(b *data.Batch) int { return b.Tokens() }

// FLOPs counts the model's operations.
func (t *Pretraining) FLOPs(b *data.Batch) float64 { return t.Cost(b) }

// Loss runs both tasks on a batch.
func (t *Pretraining) Loss(p *torch.Pass, b *data.Batch, gradient float64) (Outcome, error) {
	in, err := t.Model.Bert.Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets, Round: true})
	if err != nil {
		return Outcome{}, err
	}
	var targets heads.PretrainingTargets
	if len(b.MaskedRows) > 0 {
		rows, ids := roundMasked(p, b.MaskedRows, b.MaskedIDs, len(b.IDs))
		targets.Rows, targets.IDs = torch.From(p, rows, int64(len(rows))), torch.From(p, ids, int64(len(ids)))
	}
	if len(b.Next) > 0 {
		next := make([]int64, len(b.Next))
		for i, label := range b.Next {
			next[i] = int64(label)
		}
		targets.Next = torch.From(p, next, int64(len(next)))
	}
	loss := t.Model.Loss(p, in, targets, gradient)
	return Outcome{Loss: loss.Total, Measures: measures(p, loss, targets, len(b.MaskedRows), len(b.Next))}, nil
}

// roundMasked rounds the number of masked rows up on the CPU, for the reason that [bert.Packing] gives: with rows that are not
// masked and the target -1, which asks for nothing. Rows stay ascending and distinct.
func roundMasked(p *torch.Pass, rows, ids []int32, tokens int) (r, i []int32) {
	extra := (bert.RoundRows - len(rows)%bert.RoundRows) % bert.RoundRows
	if p.Device.IsCUDA() || extra == 0 || len(rows) < bert.RoundRows || tokens-len(rows) < extra {
		return rows, ids
	}
	r, i = make([]int32, 0, len(rows)+extra), make([]int32, 0, len(rows)+extra)
	next := 0
	for row := int32(0); extra > 0; row++ {
		if next < len(rows) && rows[next] == row {
			r, i, next = append(r, row), append(i, ids[next]), next+1
			continue
		}
		r, i, extra = append(r, row), append(i, -1), extra-1
	}
	return append(r, rows[next:]...), append(i, ids[next:]...)
}

// measures are weighted by what they are means of: masked tokens, sequences.
func measures(p *torch.Pass, loss heads.PretrainingLoss, targets heads.PretrainingTargets, masked, sequences int) []Measure {
	list := []Measure{{"loss", p.Detach(loss.Total), 1}}
	if loss.MaskedLM != nil {
		n := float64(masked)
		list = append(list, Measure{"mlm_loss", p.Scale(p.Detach(loss.MaskedLM), n), n}, Measure{"mlm_accuracy", loss.MaskedCorrect, n})
	}
	if loss.Next != nil {
		n := float64(sequences)
		right := p.Equal(p.ArgMax(p.Detach(loss.NextLogits), -1), targets.Next)
		list = append(list, Measure{"nsp_loss", p.Scale(p.Detach(loss.Next), n), n}, Measure{"nsp_accuracy", p.Sum(right, torch.Float32), n})
	}
	return list
}
