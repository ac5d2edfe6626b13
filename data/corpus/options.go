package corpus

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadOptions say what text to read, and how.
type ReadOptions struct {
	Paths  []string // files, folders, patterns, or [Stdin]
	Format Format   // [Auto] or "": told for each file by itself
	Field  string   // of a JSON object or a table; "": "text", or of a table another usual name, or the only column of text
	Split  *bool    // split lines into sentences; nil: unless they are sentences, as in [Text]

	// DocumentLines ends a document of [Text] after as many lines, for text without empty lines between documents; 0: only
	// empty lines do.
	DocumentLines int

	// OnError skips what cannot be read, be it a line or a file, and tells the function why. When
	// it is nil the first fault ends the reading.
	OnError func(error)

	Stdin io.Reader // nil: the process's own

	share *share // nil: all of it
}

// Validate returns all faults of the options, joined, and fills in what is usual.
func (o *ReadOptions) Validate() error {
	var faults []error
	o.Format = cmp.Or(o.Format, Auto)
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if err := o.Format.check(); err != nil {
		faults = append(faults, fmt.Errorf("corpus: %w", err))
	}
	if o.DocumentLines < 0 {
		faults = append(faults, fmt.Errorf("corpus: documents of %d lines, expected 1 or more (0: empty lines part documents)", o.DocumentLines))
	}
	if len(o.Paths) == 0 {
		faults = append(faults, errors.New("corpus: no text given, expected files, folders, patterns or - for standard input"))
	}
	stdin := 0
	for _, path := range o.Paths {
		if path == Stdin {
			stdin++
		}
	}
	if stdin > 1 {
		faults = append(faults, errors.New("corpus: standard input (-) is named twice, expected it once"))
	}
	return errors.Join(faults...)
}

func (o *ReadOptions) split(f Format) bool {
	if o.Split != nil {
		return *o.Split
	}
	return f != Text // whose lines are sentences already
}
