package task

import (
	"fmt"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/internal/torch"
)

// Outputs are the scores of a batch, in Go memory. Which rows there are depends on the kind of task: features for
// classification (Width labels) and choice (Width choices), tokens for tags (Width labels) and spans (2).
type Outputs struct {
	Logits []float32 // [rows,Width]
	Width  int
}

// Row is the scores of one row.
func (o *Outputs) Row(i int) []float32 { return o.Logits[i*o.Width : (i+1)*o.Width] }

// Forward runs the model on a batch, without dropout.
func (m *Model) Forward(b *features.Batch) (*Outputs, error) {
	out := &Outputs{}
	err := torch.Do(torch.Mode{Device: m.Device, Compute: m.Compute}, func(p *torch.Pass) error {
		in, err := m.pack(p, b)
		if err != nil {
			return err
		}
		logits := m.logits(p, in, b)
		out.Width = int(logits.Dim(-1))
		out.Logits = torch.Values[float32](p.Cast(logits, torch.Float32))
		if m.Kind == labelled.Tag || m.Kind == labelled.Span {
			out.Logits = out.Logits[:in.Tokens*out.Width]
		}
		return nil
	})
	if err == nil && !bert.Finite(out.Logits) {
		err = fmt.Errorf("task: the scores of %s hold NaN or infinity: so do its weights, or fp16 is too narrow for them (hint: --compute fp32)", m.Folder)
	}
	return out, err
}

// Budget is how many tokens of real text go through a model at once in prediction: enough for its products to be large, few
// enough for the caches. A GPU takes more.
func Budget(d torch.Device) int {
	if d.IsCUDA() {
		return 1 << 15
	}
	return 1 << 11
}

// labelledLogits is Forward; for tags with a row for each labelled token alone, in order.
func (m *Model) labelledLogits(b *features.Batch) (*Outputs, error) {
	all, err := m.Forward(b)
	if m.Kind != labelled.Tag || err != nil {
		return all, err
	}
	out := &Outputs{Width: all.Width}
	for i, tag := range b.Tags {
		if tag != features.Ignored {
			out.Logits = append(out.Logits, all.Row(i)...)
		}
	}
	return out, nil
}
