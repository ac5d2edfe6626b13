package labelled

import (
	"errors"
	"fmt"
	"io"

	"gobert/internal/intake"
)

// Reader gives examples in the order of the file, in constant memory. After the last one the error is io.EOF. The [Fault] of a row
// leaves the reader behind the faulty row: the next call goes on.
type Reader interface {
	Next() (Example, error)
	Close() error
}

// Given reads examples that are in memory.
func Given(examples []Example) Reader { return &given{examples} }

type given struct{ left []Example }

// Next gives the next one.
func (g *given) Next() (Example, error) {
	if len(g.left) == 0 {
		return Example{}, io.EOF
	}
	e := g.left[0]
	g.left = g.left[1:]
	return e, nil
}

// Close does nothing.
func (g *given) Close() error { return nil }

// OnError says what to do with a row that cannot be used.
type OnError string

// The answers to a faulty row.
const (
	Stop OnError = "fail" // end with its error
	Skip OnError = "skip" // leave it out, count it, report it at the end
)

// Skipped counts the rows left out and keeps the first few reasons.
type Skipped struct {
	Rows    int
	Reasons []error // at most [MaxReasons]
}

// MaxReasons is how many faults a report names.
const MaxReasons = 5

// Add counts a fault.
func (s *Skipped) Add(err error) {
	s.Rows++
	if len(s.Reasons) < MaxReasons {
		s.Reasons = append(s.Reasons, err)
	}
}

// Report describes what was skipped, or is empty; text is how an error is written.
func (s *Skipped) Report(text func(error) string) string {
	if s.Rows == 0 {
		return ""
	}
	report := fmt.Sprintf("%d rows skipped", s.Rows)
	for i, err := range s.Reasons {
		report += fmt.Sprintf("\n  %d. %s", i+1, text(err))
	}
	if more := s.Rows - len(s.Reasons); more > 0 {
		report += fmt.Sprintf("\n  and %d more", more)
	}
	return report
}

// Skipping wraps a reader: faulty rows are counted in skipped instead of ending the reading.
func Skipping(r Reader, skipped *Skipped) Reader { return &skipping{r, skipped} }

type skipping struct {
	Reader
	skipped *Skipped
}

func (s *skipping) Next() (Example, error) {
	for {
		e, err := s.Reader.Next()
		if err == nil || !IsRow(err) {
			return e, err
		}
		s.skipped.Add(err)
	}
}

// checkedBytes is how much is read between two looks at the memory that is left.
const checkedBytes = 64 << 20

// ReadAll reads every example and closes the reader. No example at all is an error of the caller to report: it is an empty
// slice here. What memory has no room for is an error.
func ReadAll(r Reader) ([]Example, error) {
	var all []Example
	for size := 0; ; {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, r.Close()
		}
		if size += e.size(); err == nil && size > checkedBytes {
			size = 0
			if err = intake.Fits(fmt.Sprintf("more than the %d examples so far", len(all)), 4*checkedBytes); err != nil {
				err = Broken(e.Origin, "%w", err)
			}
		}
		if err != nil {
			r.Close()
			return nil, err
		}
		all = append(all, e)
	}
}
