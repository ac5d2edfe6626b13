package cli

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"gobert/internal/fault"
	"gobert/internal/ranks"
)

// grace is how long a verb may take to end by itself after a signal. Every loop looks at its context more often than that;
// a single call into a library that takes longer is left alone, and the process ends around it.
const grace = 800 * time.Millisecond

// SavesFirst says that from here on the verb has something to save when it is interrupted: it is waited for. A second signal
// ends it all the same.
func (s *Streams) SavesFirst() { s.patient.Store(true) }

// echo is how long after a signal the same one may come to a rank a second time, handed on by its launcher.
const echo = time.Second

// untilSignal gives a context that ends with the first SIGINT, SIGTERM or SIGHUP. The second one then finds the system's own handling,
// and ends the process; but not a SIGHUP, which a terminal that goes and the shell in it both send.
func untilSignal() (context.Context, func()) {
	signals := ranks.StopSignals()
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, func() {
		if slices.Contains(signals, os.Signal(syscall.SIGHUP)) {
			signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
		}
		if ranks.Launched(os.LookupEnv) {
			time.Sleep(echo)
		}
		stop()
	})
	return ctx, stop
}

// attempt runs a verb. It gives up waiting for one that does not end in time after a signal and has nothing to save, and makes
// an error of a panic.
func attempt(ctx context.Context, s *Streams, verb func() error) error {
	done := make(chan error, 1)
	go func() {
		done <- fault.Caught(verb)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	if s.patient.Load() {
		return <-done
	}
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
		return ctx.Err()
	}
}

// interruptedError is what a verb came to after a signal.
type interruptedError struct{ err error }

// Error is the verb's own text.
func (e *interruptedError) Error() string { return e.err.Error() }

// Unwrap gives the verb's error.
func (e *interruptedError) Unwrap() error { return e.err }
