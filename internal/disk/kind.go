package disk

// Kind is an error in our words that counts as one of the system's, such as [io/fs.ErrNotExist], for errors.Is.
func Kind(kind error, text string) error { return &kindError{kind, text} }

type kindError struct {
	kind error
	text string
}

// Error is the text alone.
func (e *kindError) Error() string { return e.text }

// Is says which of the system's errors it is.
func (e *kindError) Is(target error) bool { return target == e.kind }
