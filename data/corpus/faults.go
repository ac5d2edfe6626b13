package corpus

import (
	"errors"
	"fmt"
	"io/fs"
)

// wrap says what the package was doing.
func wrap(doing string, err error) error { return fmt.Errorf("corpus: %s: %w", doing, err) }

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
