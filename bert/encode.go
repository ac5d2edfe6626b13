package bert

import (
	"fmt"

	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Input is a batch as callers hold it, in one of two forms.
//
// Packed: IDs [N] of all sequences end to end, Offsets [B+1].
//
// Padded: IDs [B,T] row by row with Length T; Mask [B,T] is 1 for real tokens and 0 for padding, on either side (nil: all
// real).
//
// Types and Positions have the shape of IDs; nil means all 0, and 0, 1, 2, ... from each sequence's first column.
type Input struct {
	IDs, Types, Positions []int32
	Offsets               []int32
	Length                int
	Mask                  []int32
}

// Output is what a forward pass gives, in Go memory, for the real tokens only.
type Output struct {
	Offsets   []int32       // [B+1] where each sequence's rows begin
	Width     int           // H
	Last      []float32     // [N,H] the last layer's hidden states
	Pooled    []float32     // [B,H], nil for a model without pooler
	Hidden    [][]float32   // on request, layers+1 of [N,H]
	Attention [][][]float32 // on request, per layer and sequence [A,T,T]
}

// packed brings an input into packed form.
func (in Input) packed() (Packing, error) {
	if in.Offsets != nil {
		if in.Mask != nil {
			return Packing{}, fault.New("bert: input with Offsets has a Mask").Advise("packed input holds real tokens only: leave those out that are masked")
		}
		return Packing{IDs: in.IDs, Types: in.Types, Positions: in.Positions, Offsets: in.Offsets}, nil
	}
	if in.Length < 1 || len(in.IDs) == 0 || len(in.IDs)%in.Length != 0 {
		return Packing{}, fault.New("bert: %d ids are not rows of %d", len(in.IDs), in.Length).Advise("set Length for padded input, Offsets for packed")
	}
	for _, f := range []struct {
		name   string
		values []int32
	}{{"token types", in.Types}, {"mask", in.Mask}, {"positions", in.Positions}} {
		if f.values != nil && len(f.values) != len(in.IDs) {
			return Packing{}, fmt.Errorf("bert: the %s have %d entries, the ids %d", f.name, len(f.values), len(in.IDs))
		}
	}
	return in.unpad()
}

// unpad drops what the mask leaves out. A token's position is its column, as the reference counts: padding on the left
// shifts the positions.
func (in Input) unpad() (Packing, error) {
	out := Packing{Offsets: []int32{0}}
	for i, id := range in.IDs {
		keep := in.Mask == nil || in.Mask[i] == 1
		if !keep && in.Mask[i] != 0 {
			return Packing{}, fmt.Errorf("bert: mask entry %d is %d: expected 0 or 1", i, in.Mask[i])
		}
		if keep {
			position := int32(i % in.Length)
			if in.Positions != nil {
				position = in.Positions[i]
			}
			out.IDs, out.Positions = append(out.IDs, id), append(out.Positions, position)
			if in.Types != nil {
				out.Types = append(out.Types, in.Types[i])
			}
		}
		if (i+1)%in.Length == 0 {
			out.Offsets = append(out.Offsets, int32(len(out.IDs)))
		}
	}
	return out, nil
}

// Encode runs the encoder over a batch, without dropout, on the device the model lives on. From the second call on it
// multiplies by reordered weights (see [Model.Reorder]). All rows are given: Want.Rows and Want.Spare are refused.
func (m *Model) Encode(in Input, want Want) (*Output, error) {
	if want.Rows != nil || want.Spare {
		return nil, fault.New("bert: Encode gives the rows of all real tokens: Want.Rows and Want.Spare are not for it").Advise("Model.Forward in a pass of Do takes them")
	}
	packing, err := in.packed()
	if err != nil {
		return nil, err
	}
	out := &Output{Offsets: packing.Offsets, Width: m.Config.HiddenSize}
	err = m.do(func(p *torch.Pass) error {
		packed, err := m.Config.Pack(p, packing)
		if err != nil {
			return err
		}
		states := m.Forward(p, packed, want)
		out.Last = torch.Values[float32](states.Last)
		if m.Pooler != nil {
			out.Pooled = torch.Values[float32](m.Pool(p, p.GatherRows(states.Last, packed.Firsts())))
		}
		for _, h := range states.Hidden {
			out.Hidden = append(out.Hidden, torch.Values[float32](h))
		}
		for _, layer := range states.Attention {
			var weights [][]float32
			for _, a := range layer {
				weights = append(weights, torch.Values[float32](a))
			}
			out.Attention = append(out.Attention, weights)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, m.explain(out.Last)
}

// do runs f in a pass of the model's mode, which nothing changes in between.
func (m *Model) do(f func(p *torch.Pass) error) error {
	return torch.Run(func() error { return torch.Do(m.Mode(), f) })
}

// explain names the weights behind a result that is not a number; it costs nothing where the result is one.
func (m *Model) explain(values []float32) error {
	if len(values) == 0 || Finite([]float32{values[0], values[len(values)-1]}) {
		return nil
	}
	names, err := NotFinite(m)
	if err == nil && len(names) > 0 {
		err = fmt.Errorf("bert: the result is not a number, because the model holds NaN or infinity in %s", someOf(names))
	}
	return err
}
