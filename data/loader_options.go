package data

import (
	"errors"
	"fmt"
)

// Shuffle names the order of the examples in an epoch.
type Shuffle string

// The orders.
const (
	Permutation Shuffle = "permutation" // every example can come at any place
	Buffer      Shuffle = "buffer"      // runs of LoaderOptions.Buffer examples, each shuffled, in random order: reads stay near each other
	Unshuffled  Shuffle = "none"        // as the source has them, for evaluation
)

// LoaderOptions say how batches are cut. Zero fields are as their comments say.
type LoaderOptions struct {
	Seed    uint64
	Epochs  int     // number of epochs; 0: without end
	Shuffle Shuffle // empty: Permutation
	Buffer  int     // examples in a run of Buffer shuffling

	// A batch ends before the sequence that would exceed one of these. One of
	// them must be set. A sequence longer than Tokens is a batch of its own.
	Sequences int // sequences in a batch; 0: any number
	Tokens    int // tokens in a batch; 0: any number

	// Bucket sorts runs of so many examples by length, so that sequences of a
	// batch are about equally long, and shuffles the batches of each run. 0: off.
	Bucket int

	Workers  int // goroutines that draw; 0: one. Batches do not depend on it
	Prefetch int // batches ready ahead; 0: two

	Start Cursor // where to begin, for a run that goes on
}

// withDefaults fills the zero fields.
func (o LoaderOptions) withDefaults() LoaderOptions {
	if o.Shuffle == "" {
		o.Shuffle = Permutation
	}
	if o.Workers == 0 {
		o.Workers = 1
	}
	if o.Prefetch == 0 {
		o.Prefetch = 2
	}
	return o
}

// Validate returns all faults of the options, joined.
func (o LoaderOptions) Validate() error {
	o = o.withDefaults()
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("loader: "+format, args...))
		}
	}
	fault(o.Shuffle != Permutation && o.Shuffle != Buffer && o.Shuffle != Unshuffled,
		"shuffle is %q, expected %q, %q or %q", o.Shuffle, Permutation, Buffer, Unshuffled)
	fault(o.Shuffle == Buffer && o.Buffer < 1, "buffer shuffling needs a buffer of at least 1, got %d", o.Buffer)
	fault(o.Sequences <= 0 && o.Tokens <= 0, "a batch has no bound (set the number of sequences or of tokens)")
	for _, count := range []struct {
		name  string
		value int
	}{
		{"epochs", o.Epochs},
		{"sequences", o.Sequences},
		{"tokens", o.Tokens},
		{"bucket", o.Bucket},
		{"workers", o.Workers},
		{"prefetch", o.Prefetch},
		{"epoch of the cursor", o.Start.Epoch},
		{"index of the cursor", o.Start.Index},
	} {
		fault(count.value < 0, "%s is %d, expected 0 or more", count.name, count.value)
	}
	return errors.Join(faults...)
}
