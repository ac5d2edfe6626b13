package wordpiece

import (
	"cmp"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"gobert/internal/fault"
)

// An Encoder puts special tokens around the texts that a tokenizer has cut, shortens and fills up, as Hugging Face's tokenizers do.
// [Tokenizer.Encoder] makes that of a tokenizer; package sugarme makes them for tokenizers of other kinds.
type Encoder struct {
	// Cut appends the pieces of a text, and notes a token at its index where it is not shown as Tokens has it.
	Cut    func(p *Pieces, tokens *[]string, text string) error
	Tokens []string // by id

	Template   Template
	NoSpecial  bool       // without what the template adds
	Limit      int        // tokens of an encoding; -1: any number
	Truncation Truncation // of what is longer
	Stride     int
	Side       Side // where text is cut off
	Pad        *Pad // nil: nothing is filled up
	Workers    int  // goroutines; 0: one for each core
}

// Pad is what encodings are filled up with.
type Pad struct {
	ID, TypeID int32
	Token      string
	Side       Side
	Length     int // to fill up to; -1: that of the longest encoding
	Multiple   int // lengths are multiples of it; 0: any
}

// added is the number of special tokens around an input.
func (e *Encoder) added(pair bool) int {
	if e.NoSpecial {
		return 0
	}
	return e.Template.added(pair)
}

// Batch encodes inputs on all cores and keeps their order.
func (e *Encoder) Batch(inputs []Input) ([]*Encoding, error) {
	out := make([]*Encoding, len(inputs))
	length := 0
	if e.Pad != nil {
		length = e.Pad.multiple(e.Pad.Length)
	}
	pool := sync.Pool{New: func() any { return new(chunk) }}
	waiting := make([]*chunk, (len(inputs)+chunkInputs-1)/chunkInputs)
	err := each(len(waiting), e.Workers, func(k int) error {
		c := pool.Get().(*chunk)
		c.reset()
		for i := k * chunkInputs; i < min((k+1)*chunkInputs, len(inputs)); i++ {
			if err := e.draft(c, i, &inputs[i]); err != nil {
				return inInput(i, len(inputs), err)
			}
		}
		if length < 0 { // the others decide it, too
			waiting[k] = c
			return nil
		}
		e.build(out, c, length)
		pool.Put(c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if length >= 0 {
		return out, nil
	}
	for _, c := range waiting {
		length = max(length, c.longest)
	}
	length = e.Pad.multiple(length)
	return out, each(len(waiting), e.Workers, func(k int) error { e.build(out, waiting[k], length); return nil })
}

// multiple rounds a length up; below 0 it is not known yet.
func (p *Pad) multiple(length int) int {
	if p.Multiple > 0 && length > 0 {
		length = (length + p.Multiple - 1) / p.Multiple * p.Multiple
	}
	return length
}

// inInput names an input in an error, where there are several.
func inInput(index, count int, err error) error {
	if count == 1 {
		return fmt.Errorf("wordpiece: encoding: %w", err)
	}
	return fmt.Errorf("wordpiece: encoding: input %d: %w", index, err)
}

// each calls f for 0 to n-1 on several goroutines, and returns the error of the smallest index.
func each(n, workers int, f func(i int) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	errs := make([]error, n)
	var next atomic.Int64
	work := func() error {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			if errs[i] = f(i); errs[i] != nil {
				break // it is told below, by its index
			}
		}
		return nil //nolint:nilerr // see above
	}
	group := fault.NewGroup()
	for range min(workers, n) - 1 {
		group.Go(work)
	}
	return cmp.Or(append(errs, work(), group.Wait())...)
}
