package wordpiece

import (
	"fmt"

	"gobert/internal/fault"
)

// Truncation says which text loses tokens when an encoding is longer than wanted.
type Truncation int

// The strategies, with the names of transformers.
const (
	// TruncateAuto is LongestFirst where a MaxLength is given and no padding is asked for, else none: what transformers
	// does when nothing is said.
	TruncateAuto Truncation = iota
	// DoNotTruncate leaves texts as long as they are.
	DoNotTruncate
	LongestFirst // shortens the longer text until both fit
	OnlyFirst    // shortens the first text
	OnlySecond   // shortens the second text
)

// String returns transformers' name.
func (t Truncation) String() string {
	return nameOf("Truncation", int(t), "auto", "do_not_truncate", "longest_first", "only_first", "only_second")
}

// nameOf is a value's name out of those of its type.
func nameOf(kind string, value int, names ...string) string {
	if value < 0 || value >= len(names) {
		return fmt.Sprintf("%s(%d)", kind, value)
	}
	return names[value]
}

// Padding says to which length encodings are filled up.
type Padding int

// The strategies, with the names of transformers.
const (
	DoNotPad     Padding = iota
	Longest              // to the longest encoding of the batch
	PadMaxLength         // to MaxLength
)

// String returns transformers' name.
func (p Padding) String() string {
	return nameOf("Padding", int(p), "do_not_pad", "longest", "max_length")
}

// A Side is an end of a text.
type Side int

// The sides.
const (
	SideDefault Side = iota // as the tokenizer's folder says, right where it says nothing
	Right
	Left
)

// String returns transformers' name.
func (s Side) String() string { return nameOf("Side", int(s), "default", "right", "left") }

// row is what an encoding has of the texts.
type row struct {
	parts [2]Span // tokens of each text
	over  [2]bool // the part overflowed
	of    int     // the row that it overflows from, counted among those of an input; -1: it is the first
}

// rows appends what texts of n tokens give: an encoding, and what overflows from it in all combinations, in the order of Hugging
// Face. There, nested, what has a part that did not overflow has the combinations of that part once more.
func (e *Encoder) rows(dst []row, n [2]int, pair, nested bool) ([]row, error) {
	added := e.added(pair)
	if limit := e.Limit - added; e.Limit < 0 || limit > 0 && n[0]+n[1] <= limit {
		return append(dst, row{parts: [2]Span{{0, n[0]}, {0, n[1]}}, of: -1}), nil
	}
	keep, err := e.keep(n, added, pair)
	if err != nil {
		return dst, err
	}
	var parts [2][]Span
	for i := range parts {
		if parts[i], err = windows(n[i], keep[i], e.Stride, e.Side); err != nil {
			return dst, err
		}
	}
	first, second := 0, 1
	if pair {
		first = e.Template.first()
		second = 1 - first
	}
	before := len(dst)
	put := func(i, k, of int) int {
		r := row{of: of}
		r.parts[first], r.over[first] = parts[first][i], i > 0
		r.parts[second], r.over[second] = parts[second][k], k > 0
		dst = append(dst, r)
		return len(dst) - 1 - before
	}
	put(0, 0, -1)
	for i := 1; i < len(parts[first]); i++ {
		at := put(i, 0, 0)
		for k := 1; k < len(parts[second]) && nested; k++ {
			put(i, k, at)
		}
		for k := 1; k < len(parts[second]); k++ {
			put(i, k, 0)
		}
	}
	for k := 1; k < len(parts[second]); k++ {
		at := put(0, k, 0)
		for i := 1; i < len(parts[first]) && nested; i++ {
			put(i, k, at)
		}
	}
	return dst, nil
}

// keep says how many tokens of each text are left, so that with the added ones they are not too many.
func (e *Encoder) keep(n [2]int, added int, pair bool) ([2]int, error) {
	limit := e.Limit - added
	if limit < 0 {
		return n, fmt.Errorf("at most %d tokens are wanted and the special tokens alone are %d", e.Limit, added)
	}
	target := 0
	switch {
	case limit == 0 || e.Truncation != OnlyFirst && e.Truncation != OnlySecond:
		if pair {
			n[0], n[1] = FitPair(n[0], n[1], limit)
		} else {
			n[0] = min(n[0], limit)
		}
		return n, nil
	case e.Truncation == OnlySecond && !pair:
		return n, fault.New("truncation is only_second and there is no second text, expected a pair").Advise("use longest_first")
	case e.Truncation == OnlySecond:
		target = 1
	}
	remove := n[0] + n[1] - limit
	if n[target] <= remove {
		return n, fault.New("truncation is %v and that text has %d tokens, expected more than the %d to remove", e.Truncation, n[target], remove).
			Advise("use longest_first")
	}
	n[target] -= remove
	return n, nil
}

// FitPair returns the lengths in tokens that [LongestFirst] leaves two texts, together limit at most. The shorter one stays
// whole where it has less than half of the limit; where both have more, the longer one gets the odd token, of equal ones the
// second.
func FitPair(n1, n2, limit int) (int, int) {
	if n1+n2 <= limit {
		return n1, n2
	}
	if n1 > n2 {
		n2, n1 = FitPair(n2, n1, limit)
		return n1, n2
	}
	long := n1
	if n1 <= limit {
		long = max(n1, limit-n1)
	}
	if n1+long > limit {
		return limit / 2, limit/2 + limit%2
	}
	return n1, long
}

// windows keeps limit of n tokens at one side and cuts the rest into parts of the same length, which overflow: each begins stride
// tokens before the end of the one before.
func windows(n, limit, stride int, side Side) ([]Span, error) {
	switch {
	case limit >= n:
		return []Span{{0, n}}, nil
	case limit == 0:
		return []Span{{0, 0}, {0, n}}, nil // all of it overflows in one
	case stride >= limit:
		return nil, fmt.Errorf("stride is %d, expected less than the %d tokens that a text keeps (special tokens are counted apart)", stride, limit)
	}
	var parts []Span
	for start, stop := 0, 0; stop < n; start += limit - stride {
		stop = min(start+limit, n)
		part := Span{start, stop}
		if side == Left {
			part = Span{n - stop, n - start}
		}
		parts = append(parts, part)
	}
	return parts, nil
}
