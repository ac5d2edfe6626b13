package task

import (
	"slices"

	"gobert/bert"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/internal/torch"
	"gobert/train"
)

// Training is a model's loss as the trainer wants it.
type Training struct {
	Model   *Model
	Teacher *Teacher // nil without distillation
}

// Network is what is trained.
func (t *Training) Network() bert.Network { return t.Model.Network }

// Tokens counts the real tokens.
func (t *Training) Tokens(b *features.Batch) int { return b.Tokens() }

// FLOPs counts the encoder's operations; the heads are small beside it.
func (t *Training) FLOPs(b *features.Batch) float64 {
	return passes * EncoderFLOPs(t.Model.Network.Encoder().Config, b.Offsets)
}

// Measured names what is measured.
func (t *Training) Measured() []string {
	if t.classes() {
		return []string{"loss", "accuracy"}
	}
	return []string{"loss"}
}

// Amounts counts what the loss is the mean of, each label by its class's weight; and what a teacher's distance is the mean of.
func (t *Training) Amounts(b *features.Batch) []float64 {
	amounts := []float64{float64(t.Model.Kind.Labelled(b))}
	if weights := t.Model.weights; weights != nil && len(b.Targets) == 0 {
		amounts[0] = 0
		for _, label := range slices.Concat(b.Classes, b.Tags) { // one of them is empty
			if label >= 0 {
				amounts[0] += float64(weights[label])
			}
		}
	}
	if t.Teacher != nil {
		amounts = append(amounts, float64(t.rows(b)))
	}
	return amounts
}

// rows counts the rows of scores that a teacher gives for a batch.
func (t *Training) rows(b *features.Batch) int {
	switch {
	case len(b.Tags) > 0:
		return t.Model.Kind.Labelled(b)
	case len(b.Classes) > 0:
		return len(b.Classes)
	}
	return b.Len()
}

// LossOf is a batch's share of the mean loss over so many.
func (t *Training) LossOf(p *torch.Pass, b *features.Batch, _ float64, totals []float64) (train.Outcome, error) {
	shares := []float64{1, 1}
	for i, amount := range t.Amounts(b) {
		if shares[i] = 0; amount > 0 {
			shares[i] = share(amount, totals[i])
		}
	}
	out, err := t.loss(p, b, shares[0], shares[1])
	if err == nil {
		out.Measures[0].Mean = false // the parts' shares add up to the mean
	}
	return out, err
}

// classes says whether a batch has classes of which one is right.
func (t *Training) classes() bool {
	s, ok := t.Model.Network.(*heads.Sequence)
	return ok && s.Problem == heads.SingleLabel
}

// Loss runs the network on a batch.
func (t *Training) Loss(p *torch.Pass, b *features.Batch, _ float64) (train.Outcome, error) {
	return t.loss(p, b, 1, 1)
}

// loss is the labels' share of the loss and the teacher's.
func (t *Training) loss(p *torch.Pass, b *features.Batch, labels, teacher float64) (train.Outcome, error) {
	m := t.Model
	in, err := m.pack(p, b)
	if err != nil {
		return train.Outcome{}, err
	}
	if len(b.Tags) > 0 && m.Kind.Labelled(b) == 0 {
		return train.Outcome{}, fault.New("task: no token of the batch has a label").Advise("are there sentences whose words vanish in tokenization?")
	}
	want := m.Kind.Targets(p, m.Network, b)
	var soft *torch.Tensor
	if t.Teacher != nil {
		if soft, err = t.Teacher.scores(p, b, want.Rows); err != nil {
			return train.Outcome{}, err
		}
	}
	logits := m.Kind.Logits(p, m.Network, in, b, want.Rows)
	var loss *torch.Tensor
	if labels > 0 { // else there are none, and their mean is no number
		loss = part(p, m.Kind.Loss(p, m.Network, in, logits, want, m.regularization), labels)
	}
	if t.Teacher != nil {
		loss = t.Teacher.mix(p, in, logits, loss, soft, teacher)
	}
	n := float64(b.Len())
	measures := []train.Measure{{Name: "loss", Value: loss, Mean: true, Count: n}}
	if t.classes() {
		right := p.Equal(p.ArgMax(p.Detach(logits), -1), want.Labels)
		measures = append(measures, train.Measure{Name: "accuracy", Value: p.Sum(right, torch.Float32), Count: n})
	}
	return train.Outcome{Loss: loss, Measures: measures}, nil
}

// part is a share of a loss.
func part(p *torch.Pass, loss *torch.Tensor, share float64) *torch.Tensor {
	if share == 1 {
		return loss
	}
	return p.Scale(loss, share)
}
