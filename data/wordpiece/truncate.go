package wordpiece

import "fmt"

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
	names := []string{"auto", "do_not_truncate", "longest_first", "only_first", "only_second"}
	if t < 0 || int(t) >= len(names) {
		return fmt.Sprintf("Truncation(%d)", int(t))
	}
	return names[t]
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
func (s Side) String() string {
	switch s {
	case Left:
		return "left"
	case Right:
		return "right"
	}
	return "default"
}

// truncate shortens one text, or two, so that together they have at most limit tokens.
func truncate(first, second *Encoding, limit int, how Truncation, stride int, side Side) error {
	total := first.Len()
	if second != nil {
		total += second.Len()
	}
	remove := total - limit
	if remove <= 0 && limit > 0 {
		return nil
	}
	if limit == 0 {
		how = LongestFirst
	}
	switch how {
	case OnlyFirst, OnlySecond:
		target := first
		if how == OnlySecond {
			target = second
		}
		if target == nil {
			return fmt.Errorf("truncation is only_second and there is no second text, expected a pair (hint: use longest_first)")
		}
		if target.Len() <= remove {
			return fmt.Errorf("truncation is %v and that text has %d tokens, expected more than the %d to remove (hint: use longest_first)",
				how, target.Len(), remove)
		}
		return target.shorten(target.Len()-remove, stride, side)
	}
	if second == nil {
		return first.shorten(limit, stride, side)
	}
	n1, n2 := FitPair(first.Len(), second.Len(), limit)
	if err := first.shorten(n1, stride, side); err != nil {
		return err
	}
	return second.shorten(n2, stride, side)
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

// shorten keeps limit tokens at one side and makes windows of the same length of the rest, which begin stride tokens
// before the end of the one before. They become Overflowing.
func (e *Encoding) shorten(limit, stride int, side Side) error {
	n := e.Len()
	if limit >= n {
		return nil
	}
	if limit == 0 {
		whole := *e
		*e = Encoding{Overflowing: []*Encoding{&whole}}
		return nil
	}
	if stride >= limit {
		return fmt.Errorf("stride is %d, expected less than the %d tokens that a text keeps (special tokens are counted apart)", stride, limit)
	}
	var parts []*Encoding
	for _, w := range windows(n, limit, stride, side) {
		parts = append(parts, e.part(w.Start, w.End))
	}
	*e = *parts[0]
	e.Overflowing = parts[1:]
	return nil
}

// windows cuts n tokens into parts of limit that share stride tokens; the first is at the side that is kept.
func windows(n, limit, stride int, side Side) []Span {
	var parts []Span
	if side == Left {
		for stop := n; ; stop -= limit - stride {
			start := max(stop-limit, 0)
			parts = append(parts, Span{start, stop})
			if start == 0 {
				return parts
			}
		}
	}
	for start := 0; ; start += limit - stride {
		stop := min(start+limit, n)
		parts = append(parts, Span{start, stop})
		if stop == n {
			return parts
		}
	}
}
