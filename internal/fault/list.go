package fault

import (
	"errors"
	"fmt"
)

// A List gathers all that is wrong, so that a user is told it at once.
type List struct {
	Area   string // stands before each fault that Expect adds, as in "schedule: "
	Faults []error
}

// Expect adds a fault where something does not hold.
func (l *List) Expect(holds bool, format string, args ...any) {
	if !holds {
		l.Faults = append(l.Faults, fmt.Errorf("%s%w", l.Area, fmt.Errorf(format, args...)))
	}
}

// Add adds what others found; nil is no fault.
func (l *List) Add(faults ...error) { l.Faults = append(l.Faults, faults...) }

// Err is all of it as one error, nil where nothing is wrong.
func (l *List) Err() error { return errors.Join(l.Faults...) }
