package task

import (
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

// Amounts counts what the loss is the mean of.
func (t *Training) Amounts(b *features.Batch) []float64 {
	return []float64{float64(t.Model.Kind.Labelled(b))}
}

// LossOf is a batch's share of the mean loss over so many.
func (t *Training) LossOf(p *torch.Pass, b *features.Batch, gradient float64, totals []float64) (train.Outcome, error) {
	out, err := t.Loss(p, b, gradient)
	if part := share(t.Amounts(b)[0], totals[0]); err == nil && part != 1 {
		out.Loss = p.Scale(out.Loss, part)
		out.Measures[0].Value = out.Loss
	}
	if err == nil {
		out.Measures[0].Mean = false // the parts' shares add up to the mean
	}
	return out, err
}

// Divides names the setting by which a batch's loss is no mean over its labels, so that those of its parts do not add up to it; "" for none.
func (t *Training) Divides() string {
	switch {
	case t.Teacher != nil:
		return "teacher"
	case t.Model.regularization.ClassWeights != nil:
		return "class-weights"
	}
	return ""
}

// classes says whether a batch has classes of which one is right.
func (t *Training) classes() bool {
	s, ok := t.Model.Network.(*heads.Sequence)
	return ok && s.Problem == heads.SingleLabel
}

// Loss runs the network on a batch.
func (t *Training) Loss(p *torch.Pass, b *features.Batch, _ float64) (train.Outcome, error) {
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
	loss := m.Kind.Loss(p, m.Network, in, logits, want, m.regularization)
	if t.Teacher != nil {
		loss = t.Teacher.mix(p, in, logits, loss, soft)
	}
	n := float64(b.Len())
	measures := []train.Measure{{Name: "loss", Value: loss, Mean: true, Count: n}}
	if t.classes() {
		right := p.Equal(p.ArgMax(p.Detach(logits), -1), want.Labels)
		measures = append(measures, train.Measure{Name: "accuracy", Value: p.Sum(right, torch.Float32), Count: n})
	}
	return train.Outcome{Loss: loss, Measures: measures}, nil
}
