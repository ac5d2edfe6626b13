package torch

// #include "native/fused.h"
import "C"

import "slices"

// Sequences are a batch of packed sequences: end to end in the rows of tensors by token, [rows,...]. Only attention, and what takes
// whole sequences, knows where each begins.
//
// Behind the tokens there may be rows that stand for nothing, in sequences of their own (see rounding.go). A pass that does not round has
// none, [Pass.Tokens] leaves them out, and what takes whole sequences does not see them. In a pass that is recorded (see [Graphs]) they
// stay in everything: there the number of rows is what comes again.
type Sequences struct {
	Count  int // B
	Tokens int // N
	Rows   int // of tensors by token

	offsets      []int32 // [B+1] and those of padding
	seen         int     // sequences that heads see
	longest      int     // or a bound
	host, device *Tensor // all offsets, for kernels of the CPU and of the pass's device
	whole        *Tensor // offsets of those that heads see, on the host
	firsts       *Tensor // int32, on the device
}

// Sequences hands over where sequences begin: offsets[0]=0 ... offsets[B]=N.
func (p *Pass) Sequences(offsets []int32) *Sequences {
	s := &Sequences{Count: len(offsets) - 1, Tokens: int(offsets[len(offsets)-1])}
	for i := range s.Count {
		s.longest = max(s.longest, int(offsets[i+1]-offsets[i]))
	}
	if p.Recorded {
		s.longest = roundUp(s.longest) // a bound will do for attention
		p.Depends(int64(s.longest))
	}
	rows, padding := p.batch(s)
	s.Rows, s.offsets, s.seen = rows, offsets, s.Count
	if padding > 0 { // one row each, but for the last
		s.offsets = slices.Clone(offsets)
		for i := range padding - 1 {
			s.offsets = append(s.offsets, int32(s.Tokens+i+1))
		}
		s.offsets = append(s.offsets, int32(rows))
	}
	if p.Recorded {
		s.seen += padding
	} else {
		s.longest = max(s.longest, rows-s.Tokens)
	}
	s.firsts = From(p, s.Starts(), int64(s.seen))
	s.host = p.host(s.offsets)
	s.device, s.whole = s.host, s.host
	if p.Device.IsCUDA() {
		s.device = From(p, s.offsets, int64(len(s.offsets)))
	}
	if s.seen < len(s.offsets)-1 {
		s.whole = p.host(s.offsets[:s.seen+1])
	}
	return s
}

func (p *Pass) host(values []int32) *Tensor { return p.Adopt(NewFrom(values, CPU, int64(len(values)))) }

// Firsts are the rows of the sequences' first tokens, int32 [B].
func (s *Sequences) Firsts() *Tensor { return s.firsts }

// Starts are the same, in Go memory.
func (s *Sequences) Starts() []int32 { return s.offsets[:s.seen] }

// Lengths are the numbers of tokens of the sequences.
func (s *Sequences) Lengths() []int32 {
	lengths := make([]int32, s.seen)
	for i := range lengths {
		lengths[i] = s.offsets[i+1] - s.offsets[i]
	}
	return lengths
}

// ByToken hands over a value of each token, int32 [rows]; blank stands where none is given, and in the rows that stand for nothing.
func (s *Sequences) ByToken(p *Pass, values []int32, blank int32) *Tensor {
	if len(values) < s.Rows {
		values = append(make([]int32, 0, s.Rows), values...)
		for len(values) < s.Rows {
			values = append(values, blank)
		}
	}
	return From(p, values, int64(s.Rows))
}

// Places numbers the tokens of each sequence from 0.
func (s *Sequences) Places() []int32 {
	places := make([]int32, s.Tokens)
	for i := range s.Count {
		for row := s.offsets[i]; row < s.offsets[i+1]; row++ {
			places[row] = row - s.offsets[i]
		}
	}
	return places
}

// Tokens gives the rows of the tokens alone, [N,...], of a tensor by token.
func (p *Pass) Tokens(x *Tensor, s *Sequences) *Tensor {
	if s.Rows == s.Tokens || p.Recorded {
		return x
	}
	return p.Narrow(x, 0, 0, int64(s.Tokens))
}

// PadRows turns rows by token [rows,C] into [B,T,C], T being the longest sequence, with fill where a sequence has ended.
func (p *Pass) PadRows(x *Tensor, s *Sequences, fill float64) *Tensor {
	p.begin("pad rows", x, s.whole, nil)
	return p.take(C.gb_pad_rows(p.out(), x.c(), s.whole.c(), C.double(fill)))
}
