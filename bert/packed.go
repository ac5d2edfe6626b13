package bert

import (
	"fmt"
	"slices"

	"gobert/internal/torch"
)

// Packed is a batch on the device: the real tokens of all sequences end to end, without padding, and where each sequence
// begins. It belongs to the pass that uploaded it.
type Packed struct {
	Sequences int // B
	Tokens    int // N, real ones
	Rows      int // N and what [Packing.Round] added

	Rounded  bool // numbers of rows are multiples of 64
	Recorded bool // sizes are some of few: see [torch.Graphs]

	ids, types, positions *torch.Tensor // int32 [N]
	firsts                *torch.Tensor // int32 [B]: the row of each sequence's first token
	starts                []int32       // the same, on the host
	offsets               torch.Offsets // of all rows, on the host and on the device
	real                  torch.Offsets // [B+1], without the sequence of padding
	longest               int
}

// Packing is a packed batch in Go memory.
type Packing struct {
	IDs       []int32 // [N] of all sequences, end to end
	Types     []int32 // [N], nil: all 0
	Positions []int32 // [N], nil: 0, 1, 2, ... in each sequence
	Offsets   []int32 // [B+1]

	// Round adds a sequence of padding on the CPU, so that the number of rows is a multiple of 64. It takes part in nothing
	// but the products: oneDNN prepares and keeps each shape that it meets, and batches of real tokens seldom have the same
	// number twice. Heads that give values by token see the additional rows.
	Round bool
}

// RoundRows is what [Packing.Round] rounds up to, from fewestRounded rows on.
const (
	RoundRows     = 64
	fewestRounded = 256
)

// Lacking is what a number of rows lacks to a multiple of [RoundRows].
func Lacking(rows int) int { return (RoundRows - rows%RoundRows) % RoundRows }

// bucketed is a number of tokens that batches of about as many share: a multiple of 64, and from 1,024 on of a sixteenth to an eighth
// of them, as long as that is no more than the longest sequence. There is always room for sequences of padding, of which none is longer.
func bucketed(tokens, longest int) int {
	step := RoundRows
	for step*16 <= tokens && 2*step <= longest {
		step *= 2
	}
	return (tokens + step) / step * step
}

// bucketedSequences is what a number of sequences, and one of padding, is rounded up to.
const bucketedSequences = 8

// padded adds sequences of padding: one token each, but for the last.
func (b Packing) padded(sequences, extra int, pad int32) Packing {
	n := len(b.IDs) + extra
	out := Packing{Offsets: slices.Clone(b.Offsets)}
	for s := range sequences - 1 {
		out.Offsets = append(out.Offsets, int32(len(b.IDs)+s+1))
	}
	out.Offsets = append(out.Offsets, int32(n))
	for _, f := range []struct {
		to, from *[]int32
		value    int32
	}{{&out.IDs, &b.IDs, pad}, {&out.Types, &b.Types, 0}, {&out.Positions, &b.Positions, 0}} {
		if *f.from != nil {
			*f.to = append(make([]int32, 0, n), *f.from...)
			for len(*f.to) < n {
				*f.to = append(*f.to, f.value)
			}
		}
	}
	return out
}

// Pack checks and uploads a packed batch.
func (c Config) Pack(p *torch.Pass, b Packing) (*Packed, error) {
	if err := c.check(b); err != nil {
		return nil, err
	}
	in := &Packed{Sequences: len(b.Offsets) - 1, Tokens: len(b.IDs), Rounded: b.Round && !p.Device.IsCUDA(), Recorded: b.Round && p.Recorded}
	for s := range in.Sequences {
		in.longest = max(in.longest, int(b.Offsets[s+1]-b.Offsets[s]))
	}
	extra, sequences := 0, 1
	switch {
	case in.Recorded:
		in.longest += Lacking(in.longest) // a bound will do for attention
		p.Depends(int64(in.longest))
		sequences = bucketedSequences - in.Sequences%bucketedSequences
		extra = bucketed(len(b.IDs)+sequences-1, in.longest) - len(b.IDs)
	case in.Rounded && len(b.IDs) >= fewestRounded:
		extra = Lacking(len(b.IDs))
	}
	if extra > 0 {
		b = b.padded(sequences, extra, int32(max(c.Padding(), 0)))
	}
	n := int64(len(b.IDs))
	in.Rows = len(b.IDs)
	if !in.Recorded {
		in.longest = max(in.longest, int(n-int64(in.Tokens)))
	}
	types, positions := b.Types, b.Positions
	if types == nil {
		types = make([]int32, n)
	}
	if positions == nil {
		positions = counted(b.Offsets, in.Sequences)
	}
	in.ids, in.types, in.positions = torch.From(p, b.IDs, n), torch.From(p, types, n), torch.From(p, positions, n)
	in.starts = b.Offsets[:in.Sequences]
	if in.Recorded {
		in.starts = b.Offsets[:len(b.Offsets)-1]
	}
	in.firsts = torch.From(p, in.starts, int64(len(in.starts)))
	in.offsets = torch.NewOffsets(p, b.Offsets)
	if in.real = in.offsets; in.Rows > in.Tokens && !in.Recorded { // their number is none of few
		in.real = torch.NewOffsets(p, b.Offsets[:in.Sequences+1])
	}
	return in, nil
}

// counted numbers the tokens of so many sequences from 0. Those of padding all stand in the first place: a model may know fewer
// places than there are of them.
func counted(offsets []int32, sequences int) []int32 {
	positions := make([]int32, offsets[len(offsets)-1])
	for s := range sequences {
		for i := offsets[s]; i < offsets[s+1]; i++ {
			positions[i] = i - offsets[s]
		}
	}
	return positions
}

// Firsts are the rows of each sequence's first token, int32 [B]. Where sizes are some of few, those of padding are among them.
func (in *Packed) Firsts() *torch.Tensor { return in.firsts }

// Starts are the same rows, in Go memory. Where sizes are some of few, those of padding are among them.
func (in *Packed) Starts() []int32 { return in.starts }

// Offsets say where each sequence begins, for operators on packed rows. Where sizes are some of few, those of padding are among them.
func (in *Packed) Offsets() torch.Offsets { return in.real }

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
			return fmt.Errorf("bert: sequence %d has %d tokens, but the model knows %d positions (hint: truncate, or load with more positions)",
				s, length, c.MaxPositions)
		}
	}
	for _, f := range []struct {
		name   string
		values []int32
		limit  int
		hint   string
	}{
		{"id", b.IDs, c.VocabSize, " (hint: is the tokenizer the model's own?)"},
		{"type", b.Types, c.TypeVocabSize, ""},
		{"position", b.Positions, c.MaxPositions, ""},
	} {
		if f.values != nil && len(f.values) != len(b.IDs) {
			return fmt.Errorf("bert: %d token %ss for %d tokens", len(f.values), f.name, len(b.IDs))
		}
		for i, v := range f.values {
			if v < 0 || int(v) >= f.limit {
				return fmt.Errorf("bert: token %d has the %s %d: expected 0 to %d%s", i, f.name, v, f.limit-1, f.hint)
			}
		}
	}
	return nil
}
