package data

import (
	"fmt"
	"strconv"
	"strings"

	"gobert/internal/fault"
)

// Part is one machine's share of work that several divide among themselves: the Number-th, from 1, of Of. The zero value is all of it.
type Part struct{ Number, Of int }

// mostParts is more than anybody has machines.
const mostParts = 1 << 16

// ParsePart reads "3/16".
func ParsePart(text string) (p Part, err error) {
	number, of, _ := strings.Cut(text, "/")
	p.Number, err = strconv.Atoi(number)
	if err == nil {
		p.Of, err = strconv.Atoi(of)
	}
	switch {
	case err == nil && p.Number == 0 && p.Of > 0:
		return Part{}, fault.Usage("%q: parts count from 1", text).Advise("where a machine's index begins with 0: $((INDEX + 1))/%d", p.Of)
	case err != nil || p.Number < 1 || p.Number > p.Of || p.Of > mostParts:
		return Part{}, fault.Usage("%q: expected which of how many, from 1/16 to 16/16", text)
	}
	return p, nil
}

// IsWhole says whether nothing is divided.
func (p Part) IsWhole() bool { return p.Of == 0 }

// String is what [ParsePart] reads.
func (p Part) String() string { return fmt.Sprintf("%d/%d", p.Number, p.Of) }

// Name is for files: "03-of-16". Names of parts sort as the parts do.
func (p Part) Name() string {
	return fmt.Sprintf("%0*d-of-%d", len(strconv.Itoa(p.Of)), p.Number, p.Of)
}

// Range are the things, of n in a row, that the part has: from first on, end excluded. Parts differ by one at most.
func (p Part) Range(n int) (first, end int) {
	if p.IsWhole() {
		return 0, n
	}
	return n * (p.Number - 1) / p.Of, n * p.Number / p.Of
}

// MarshalText writes what [ParsePart] reads.
func (p Part) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads it.
func (p *Part) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePart(string(text))
	return err
}
