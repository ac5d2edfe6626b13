package bert

import (
	"fmt"

	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Packing is a packed batch in Go memory: the real tokens of all sequences end to end, without padding.
type Packing struct {
	IDs       []int32 // [N] of all sequences
	Types     []int32 // [N], nil: all 0
	Positions []int32 // [N], nil: 0, 1, 2, ... in each sequence
	Offsets   []int32 // [B+1] where each sequence begins
}

// Packed is the same on the device. It belongs to the pass that uploaded it.
type Packed struct {
	*Sequences

	ids, types, positions *torch.Tensor // int32 [N]
}

// Pack checks and uploads a packed batch.
func (c Config) Pack(p *torch.Pass, b Packing) (*Packed, error) {
	if err := c.check(b); err != nil {
		return nil, err
	}
	s := p.Sequences(b.Offsets)
	positions := b.Positions
	if positions == nil {
		positions = s.Places()
	}
	return &Packed{
		Sequences: s, ids: s.ByToken(p, b.IDs, int32(max(c.Padding(), 0))), types: s.ByToken(p, b.Types, 0), positions: s.ByToken(p, positions, 0),
	}, nil
}

func (c Config) check(b Packing) error {
	if len(b.Offsets) < 2 || b.Offsets[0] != 0 || int(b.Offsets[len(b.Offsets)-1]) != len(b.IDs) {
		return fmt.Errorf("bert: offsets must begin with 0, end with the number of tokens (%d) and hold at least one sequence", len(b.IDs))
	}
	for s := range len(b.Offsets) - 1 {
		length := int(b.Offsets[s+1]) - int(b.Offsets[s])
		if length < 1 {
			return fmt.Errorf("bert: sequence %d is empty: expected at least one token ([CLS] and [SEP] make two)", s)
		}
		if length > c.MaxPositions {
			return fault.New("bert: sequence %d has %d tokens, but the model knows %d positions", s, length, c.MaxPositions).Advise("truncate, or load with more positions")
		}
	}
	for _, f := range []struct {
		name   string
		values []int32
		limit  int
		hint   string
	}{
		{"id", b.IDs, c.VocabSize, "is the tokenizer the model's own?"},
		{"type", b.Types, c.TypeVocabSize, ""},
		{"position", b.Positions, c.MaxPositions, ""},
	} {
		if f.values != nil && len(f.values) != len(b.IDs) {
			return fmt.Errorf("bert: %d token %ss for %d tokens", len(f.values), f.name, len(b.IDs))
		}
		for i, v := range f.values {
			if v < 0 || int(v) >= f.limit {
				return fault.New("bert: token %d has the %s %d: expected 0 to %d", i, f.name, v, f.limit-1).Advise("%s", f.hint)
			}
		}
	}
	return nil
}
