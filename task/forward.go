package task

import (
	"gobert/bert"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Outputs are the scores of a batch, in Go memory. Which rows there are depends on the kind of task: features for
// classification (Width labels) and choice (Width choices), tokens for tags (Width labels) and spans (2).
type Outputs struct {
	Logits []float32 // [rows,Width]
	Width  int

	byToken  bool    // there is a row for each token
	compared bool    // tags have rows for labelled tokens alone
	loss     float64 // the sum over what is labelled
	labelled int
}

// Budget is how many tokens of real text go through a model at once in prediction: enough for its products to be large, few
// enough for the caches. A GPU takes more.
func Budget(d torch.Device) int {
	if d.IsCUDA() {
		return 1 << 15
	}
	return 1 << 11
}

// Forward scores a batch of any size, without dropout: a text of a hundred thousand words has many windows.
func (m *Model) Forward(b *features.Batch) (*Outputs, error) { return m.forward(b, false) }

// forward also computes the loss where scores are compared with labels.
func (m *Model) forward(b *features.Batch, compared bool) (*Outputs, error) {
	all := &Outputs{byToken: m.Kind.Facts().ByToken, compared: compared}
	budget := 2 * Budget(m.Device)
	if b.Tokens() == 0 {
		return all, nil
	}
	if b.Tokens() <= budget {
		return all, m.score(all, b)
	}
	part := new(features.Batch)
	for i := range b.Len() {
		part.AppendSequence(b, i)
		if i+1 < b.Len() && part.Tokens()+b.Length(i+1) <= budget {
			continue
		}
		if err := m.score(all, part); err != nil {
			return nil, err
		}
		part.Reset()
	}
	return all, nil
}

// score appends the scores of a batch.
func (m *Model) score(all *Outputs, b *features.Batch) error {
	labels := m.Kind.Labelled(b)
	var want Targets
	if all.compared && labels == 0 && len(b.Tags) > 0 {
		return nil
	}
	var logits []float32
	err := torch.Do(torch.Mode{Many: true, Device: m.Device, Compute: m.Compute}, func(p *torch.Pass) error {
		in, err := m.pack(p, b)
		if err != nil {
			return err
		}
		if all.compared {
			want = m.Kind.Targets(p, m.Network, b)
		}
		scores := m.Kind.Logits(p, m.Network, in, b, want.Rows)
		all.Width = int(scores.Dim(-1))
		given := p.Cast(scores, torch.Float32)
		if !all.compared || labels == 0 {
			logits = torch.Values[float32](given)
			return nil
		}
		loss := m.Kind.Loss(p, m.Network, in, scores, want, heads.Regularization{})
		both := torch.Values[float32](p.Concat(0, p.Reshape(given, -1), p.Reshape(loss, 1))) // one way back from a GPU
		logits = both[:len(both)-1]
		all.loss += float64(labels) * float64(both[len(both)-1])
		all.labelled += labels
		return nil
	})
	if err != nil {
		return err
	}
	if !bert.Finite(logits) {
		return fault.New("task: the scores of %s hold NaN or infinity: so do its weights, or fp16 is too narrow for them", m.Folder).Advise("{compute} fp32")
	}
	if want.Rows != nil {
		logits = torch.Asked(want.Rows, logits)
	}
	all.Logits = append(all.Logits, logits...)
	return nil
}

// Split gives the examples of a batch with their scores, in order, without the examples themselves.
func (o *Outputs) Split(b *features.Batch) (list []*Scored) {
	row := 0
	for first := 0; first < b.Len(); {
		end := first + 1
		for end < b.Len() && b.Examples[end] == b.Examples[first] {
			end++
		}
		rows := end - first
		if o.byToken {
			rows = int(b.Offsets[end] - b.Offsets[first])
			if o.compared && len(b.Tags) > 0 {
				rows = counted(b.Tags[b.Offsets[first]:b.Offsets[end]])
			}
		}
		list = append(list, &Scored{Batch: b, First: first, End: end, Rows: o.Logits[row*o.Width : (row+rows)*o.Width], Width: o.Width})
		first, row = end, row+rows
	}
	return list
}

// pack uploads a batch.
func (m *Model) pack(p *torch.Pass, b *features.Batch) (*bert.Packed, error) {
	return m.Network.Encoder().Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets})
}
