package labelled

import (
	"errors"
	"io"
	"math"

	"gobert/data"
)

// PartOf opens what one of several machines is to do of the examples that open gives: see pipeline.Pipeline.Stream. They are counted first, in
// groups of so many (two texts of a pair stay together); so open is called twice. What all parts give, one after the other, is what
// the whole gives, in the same bits: a part reads the examples of others that share its batches, too.
func PartOf(part data.Part, group int, open func() (Reader, error)) (Reader, error) {
	if part.IsWhole() {
		return open()
	}
	n, err := count(open)
	if err != nil {
		return nil, err
	}
	r, err := open()
	if err != nil {
		return nil, err
	}
	first, end := part.Range((n + group - 1) / group)
	return &Some{r, first * group, min(end*group, n)}, nil
}

// count reads all examples, faulty ones, too.
func count(open func() (Reader, error)) (n int, err error) {
	r, err := open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	for {
		switch _, err := r.Next(); {
		case errors.Is(err, io.EOF):
			return n, nil
		case errors.Is(err, ErrPause):
		case err != nil && !IsRow(err):
			return 0, err
		default:
			n++
		}
	}
}

// Some are examples of which only those from First on, End excluded, are asked for. The others are read for their neighbours' sake.
type Some struct {
	Reader
	First, End int
}

// Asked are the examples of a reader that are asked for; as a rule all.
func Asked(r Reader) (first, end int) {
	if s, ok := r.(*Some); ok {
		return s.First, s.End
	}
	return 0, math.MaxInt
}
