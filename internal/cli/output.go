package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"

	"gobert/internal/ui"
)

// output is standard output. It remembers its first failure, which [Main] reports once, whether or not the verb looked at
// what its writes returned.
type output struct {
	raw      io.Writer
	stream   io.Writer    // what is written goes here: raw, or terminal
	terminal *ui.Terminal // shows text that comes from outside, where a person looks
	mu       sync.Mutex
	fault    *outputError
}

func newOutput(stream io.Writer) *output {
	o := &output{raw: stream, stream: stream}
	if IsTerminal(stream) {
		o.terminal = ui.NewTerminal(stream)
		o.stream = o.terminal
	}
	return o
}

// Write fails for good where it failed once: what comes later would follow a gap.
func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fault != nil {
		return 0, o.fault
	}
	n, err := o.stream.Write(text)
	return n, o.remember(err)
}

func (o *output) remember(err error) error {
	if err == nil {
		return nil
	}
	o.fault = &outputError{err}
	return o.fault
}

// end completes the output and gives its failure, if there was one.
func (o *output) end() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fault == nil && o.terminal != nil {
		_ = o.remember(o.terminal.Flush())
	}
	if o.fault == nil {
		return nil
	}
	return o.fault
}

// outputError is a failed write of standard output.
type outputError struct{ err error }

// Error leaves out the name that the system gives to the stream.
func (e *outputError) Error() string {
	err := e.err
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Sprintf("writing standard output: %v", err)
}

// Unwrap gives the system's error.
func (e *outputError) Unwrap() error { return e.err }

// closedPipe says whether nobody reads on, as behind "| head". It is no news to whoever closed the pipe.
func closedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) || errors.Is(err, io.ErrClosedPipe)
}
