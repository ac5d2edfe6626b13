package data

import (
	"errors"
	"io"
	"testing"

	"gobert/internal/fault"
)

// breaking is a source that panics where it is asked for an example, or for the length of an epoch.
type breaking struct {
	numbers
	example int
	epoch   int
}

func (s breaking) Len(epoch int) (int, error) {
	if epoch == s.epoch {
		panic("the epoch is broken")
	}
	return s.numbers.Len(epoch)
}

func (s breaking) Append(b *Batch, epoch, index int) error {
	if index == s.example {
		panic("the example is broken")
	}
	return s.numbers.Append(b, epoch, index)
}

// TestAPanicIsAnError: what breaks in a worker comes to whoever asks for batches, and is never taken for the end of the data.
func TestAPanicIsAnError(t *testing.T) {
	for name, source := range map[string]breaking{
		"drawing": {numbers{n: 500}, 300, -1}, "planning": {numbers{n: 500}, -1, 0}, "planning a later epoch": {numbers{n: 500}, -1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := NewLoader(t.Context(), source, LoaderOptions{Sequences: 8, Epochs: 2, Workers: 2})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			for err == nil {
				_, _, err = l.Next(t.Context())
			}
			var broken *fault.Panic
			if !errors.As(err, &broken) || errors.Is(err, io.EOF) {
				t.Errorf("the last batch is followed by %v", err)
			}
		})
	}
}
