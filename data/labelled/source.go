package labelled

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"gobert/data/textfile"
)

// ErrPause says that an input that is still being written has nothing more for now. It is no end: the next call waits again.
var ErrPause = textfile.ErrPause

// OpenSource opens a file of labelled data.
func OpenSource(path string) (*textfile.Text, error) {
	s, err := textfile.Open(path)
	return s, reading(path, err)
}

// NewSource reads from r what OpenSource reads from a file; name is used in messages.
func NewSource(name string, r io.Reader) (*textfile.Text, error) {
	s, err := textfile.New(name, r)
	return s, reading(name, err)
}

// reading says what was being read; an interrupt stays what it is.
func reading(name string, err error) error {
	var ofFile *fs.PathError
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &ofFile):
		return fmt.Errorf("labelled: opening labelled data: %w", err)
	}
	return Broken(Origin{File: name}, "%w", err)
}
