package heads

import (
	"slices"

	"gobert/bert"
	"gobert/internal/torch"
)

// asked is what the targets of a batch ask of the last layer, on the device; what no task asks for is nil.
type asked struct {
	rows   *torch.Tensor // [R] rows of the batch, ascending and distinct
	masked *torch.Tensor // [M] where among them the masked ones are
	ids    *torch.Tensor // [M] their original ids; -1 asks for nothing
	firsts *torch.Tensor // [B] where among them those of [CLS] are
	next   *torch.Tensor // [B] classes
}

// ask hands over all that the targets need, before anything is read: to a GPU it travels together with the batch.
func ask(p *torch.Pass, in *bert.Packed, t PretrainingTargets) (a asked) {
	wanted := t.Rows
	var starts []int32
	if t.Next != nil {
		starts = in.Starts()
		wanted = slices.Concat(wanted, starts)
		slices.Sort(wanted)
		wanted = slices.Compact(wanted)
	}
	rows := p.Pick(wanted, in.Rows, true)
	masked := p.Pick(rows.Find(t.Rows), rows.Len(), true)
	a.rows, a.masked, a.ids = rows.Rows, masked.Rows, upload(p, torch.Label(masked, t.IDs, -1))
	classes := make([]int32, len(starts))
	for i := range classes {
		classes[i] = torch.IgnoreIndex // of a sequence that stands for nothing
		if i < len(t.Next) {
			classes[i] = int32(t.Next[i])
		}
	}
	a.firsts, a.next = upload(p, rows.Find(starts)), upload(p, classes)
	return a
}

// parts are the rows of each task, nil where it has no targets.
func (a *asked) parts(p *torch.Pass, states *torch.Tensor) (masked, firsts *torch.Tensor) {
	switch {
	case a.firsts == nil:
		return p.GatherRows(states, a.masked), nil
	case a.masked == nil:
		return nil, p.GatherRows(states, a.firsts)
	}
	return p.GatherBoth(states, a.masked, states, a.firsts)
}

// upload gives a vector to the pass's device; nil where there is nothing to give.
func upload(p *torch.Pass, values []int32) *torch.Tensor {
	if len(values) == 0 {
		return nil
	}
	return torch.From(p, values, int64(len(values)))
}
