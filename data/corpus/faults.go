package corpus

import (
	"errors"
	"fmt"
	"io/fs"
)

// wrap says what the package was doing.
func wrap(doing string, err error) error { return fmt.Errorf("corpus: %s: %w", doing, err) }

// report tells what is wrong in a block, with its place, which is asked for where something is: the lines or rows before it. Without
// OnError the first fault ends all.
func (o *ReadOptions) report(t *tokenized, before func() (int64, error)) error {
	for _, f := range t.faults {
		n, err := before()
		if err == nil {
			err = placed(t.block.info, n+int64(f.record), f.err)
		}
		if o.OnError == nil {
			return err
		}
		o.OnError(err)
	}
	if t.block.fault == nil {
		return nil
	}
	err := placed(t.block.info, 0, t.block.fault)
	if o.OnError == nil {
		return err
	}
	t.skipped++
	o.OnError(err)
	return nil
}

// placed says where in which file something is wrong; record 0 is the file as a whole.
func placed(s Source, record int64, err error) error {
	path := s.Path
	if path == Stdin {
		path = "standard input"
	}
	var ofFile *fs.PathError
	switch {
	case record > 0:
		return fmt.Errorf("corpus: reading %s: %s %d: %w", path, s.Format.unit(), record, err)
	case errors.As(err, &ofFile) && ofFile.Path == path:
		return fmt.Errorf("corpus: reading: %w", err)
	}
	return fmt.Errorf("corpus: reading %s: %w", path, err)
}
