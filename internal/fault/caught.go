package fault

import (
	"fmt"
	"runtime/debug"
)

// Panic is a fault of the program itself.
type Panic struct {
	value any
	Stack []byte // of the goroutine that panicked
}

// Error says whose fault it is.
func (p *Panic) Error() string {
	return fmt.Sprintf("a fault of this program, not of yours: %v", p.value)
}

// Caught calls a function, and makes an error of a panic in it. A goroutine that works for another one is called through it: a
// panic there could be caught nowhere else, and would end the process.
func Caught(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			if p, again := value.(*Panic); again {
				err = p
				return
			}
			err = &Panic{value, debug.Stack()}
		}
	}()
	return f()
}
