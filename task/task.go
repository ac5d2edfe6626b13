package task

import (
	"errors"
	"slices"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/train"
)

// Training is a head's loss as the trainer wants it.
type Training struct {
	Model   *Model
	Teacher *Teacher // nil without distillation
}

// passes is a training step in forward passes.
const passes = 3

// Network is what is trained.
func (t *Training) Network() bert.Network { return t.Model.Network }

// Tokens counts the real tokens.
func (t *Training) Tokens(b *features.Batch) int { return b.Tokens() }

// FLOPs counts the encoder's operations; the heads are small beside it.
func (t *Training) FLOPs(b *features.Batch) float64 {
	return passes * train.EncoderFLOPs(t.Model.Network.Encoder().Config, b.Offsets)
}

// Loss runs the network on a batch.
func (t *Training) Loss(p *torch.Pass, b *features.Batch, _ float64) (train.Outcome, error) {
	in, err := t.Model.packFor(p, b, t.Teacher == nil || t.Model.Kind != labelled.Span)
	if err != nil {
		return train.Outcome{}, err
	}
	if t.Model.Kind == labelled.Tag && !slices.ContainsFunc(b.Tags, func(tag int32) bool { return tag != features.Ignored }) {
		return train.Outcome{}, errors.New("task: no token of the batch has a label (hint: are there sentences whose words vanish in tokenization?)")
	}
	want := t.Model.answers(p, in, b)
	var soft *torch.Tensor
	if t.Teacher != nil {
		if soft, err = t.Teacher.scores(p, b, want.rows); err != nil {
			return train.Outcome{}, err
		}
	}
	logits := t.Model.trained(p, in, b, want.rows)
	loss := t.Model.loss(p, in, logits, want)
	if t.Teacher != nil {
		loss = t.Teacher.mix(p, in, logits, loss, soft)
	}
	n := float64(b.Len())
	measures := []train.Measure{{Name: "loss", Sum: p.Scale(p.Cast(p.Detach(loss), torch.Float32), n), Count: n}}
	if s, ok := t.Model.Network.(*heads.Sequence); ok && s.Problem == heads.SingleLabel {
		right := p.Equal(p.ArgMax(p.Detach(logits), -1), want.labels)
		measures = append(measures, train.Measure{Name: "accuracy", Sum: p.Sum(right, torch.Float32), Count: n})
	}
	return train.Outcome{Loss: loss, Measures: measures}, nil
}

// pack uploads a batch, with its rows rounded up: scores by token have more rows than there are tokens then.
func (m *Model) pack(p *torch.Pass, b *features.Batch) (*bert.Packed, error) {
	return m.packFor(p, b, true)
}

// packFor rounds the number of rows up, or not. Means and maxima are taken over real rows alone.
func (m *Model) packFor(p *torch.Pass, b *features.Batch, round bool) (*bert.Packed, error) {
	round = round && m.Pooling() == heads.CLS
	return m.Network.Encoder().Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets, Round: round})
}

// logits gives the scores of a batch: [F,C] for classification and choice, [N,C] for tags, [N,2] for spans. For tags and spans
// N is what it was rounded up to.
func (m *Model) logits(p *torch.Pass, in *bert.Packed, b *features.Batch) *torch.Tensor {
	switch n := m.Network.(type) {
	case *heads.Sequence:
		return n.Logits(p, in)
	case *heads.Token:
		return n.Logits(p, in)
	case *heads.Span:
		return n.Logits(p, in)
	case *heads.Choice:
		return n.Logits(p, in, max(1, b.Choices))
	}
	panic("task: a network that newNetwork does not make")
}

// trained is logits, for tags only of the given rows, those of the tokens that have one: [M,C].
func (m *Model) trained(p *torch.Pass, in *bert.Packed, b *features.Batch, rows *torch.Tensor) *torch.Tensor {
	if n, ok := m.Network.(*heads.Token); ok {
		return n.LogitsOf(p, in, rows)
	}
	return m.logits(p, in, b)
}

// answers are a batch's labels as its head takes them. They are handed over before the network runs: to a GPU they travel
// together with the batch.
type answers struct {
	rows   *torch.Tensor // of the tokens that have a tag, int32 [M]; nil for other kinds
	labels *torch.Tensor // classes, tags or first tokens, int64; or numbers, fp32 [F,W]
	last   *torch.Tensor // last tokens of spans, int64 [F]; nil for other kinds
}

func (m *Model) answers(p *torch.Pass, in *bert.Packed, b *features.Batch) answers {
	switch n := m.Network.(type) {
	case *heads.Sequence:
		if n.Problem != heads.SingleLabel {
			return answers{labels: torch.From(p, b.Targets, int64(b.Len()), int64(b.Width))}
		}
	case *heads.Token:
		rows, tags := labelledRows(b.Tags)
		return answers{rows: torch.From(p, rows, int64(len(rows))), labels: torch.From(p, tags, int64(len(tags)))}
	case *heads.Span:
		first, last := b.First, b.Last
		if len(in.Offsets().Lengths()) > in.Sequences { // the sequence of padding has no answer
			first, last = append(slices.Clone(first), features.Ignored), append(slices.Clone(last), features.Ignored)
		}
		return answers{labels: classes(p, first), last: classes(p, last)}
	}
	return answers{labels: classes(p, b.Classes)}
}

// loss compares what trained gives with the batch's labels.
func (m *Model) loss(p *torch.Pass, in *bert.Packed, logits *torch.Tensor, want answers) *torch.Tensor {
	switch n := m.Network.(type) {
	case *heads.Sequence:
		return n.Loss(p, logits, want.labels)
	case *heads.Token:
		return n.Loss(p, logits, want.labels)
	case *heads.Span:
		return n.Loss(p, in, logits, want.labels, want.last)
	case *heads.Choice:
		return n.Loss(p, logits, want.labels)
	}
	panic("task: a network that newNetwork does not make")
}

// labelledRows lists the rows whose tag counts, and these tags, among as many others that do not count as make the number of rows
// a multiple of what oneDNN is spared by (see bert.Packing.Round).
func labelledRows(tags []int32) (rows []int32, labels []int64) {
	count := 0
	for _, tag := range tags {
		if tag != features.Ignored {
			count++
		}
	}
	more := min(bert.Lacking(count), len(tags)-count)
	for i, tag := range tags {
		if tag != features.Ignored || more > 0 {
			rows, labels = append(rows, int32(i)), append(labels, int64(tag))
		}
		if tag == features.Ignored {
			more--
		}
	}
	return rows, labels
}

// classes uploads labels.
func classes(p *torch.Pass, labels []int32) *torch.Tensor {
	wide := make([]int64, len(labels))
	for i, label := range labels {
		wide[i] = int64(label)
	}
	return torch.From(p, wide, int64(len(wide)))
}
