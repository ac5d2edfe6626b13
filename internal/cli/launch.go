package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"gobert/internal/fault"
	"gobert/internal/ranks"
)

// launching is a verb that several processes may do together. It says how many are asked for here, 0 for as many as the environment says,
// and how long one may be silent.
type launching interface {
	Launching() (asked int, timeout time.Duration)
}

// launch finds the place of a verb among its ranks. Where it is to start them on this machine, it does, and waits for them: before anything
// is computed, and before signals are listened to, which are handed on.
func launch(parsed *kong.Context, args []string) (place ranks.Place, err error) {
	if parsed.Selected() == nil {
		return place, nil
	}
	verb, ok := parsed.Selected().Target.Addr().Interface().(launching)
	if !ok {
		return place, nil
	}
	asked, timeout := verb.Launching()
	if place, err = ranks.Find(os.LookupEnv, asked); err != nil || place.Starts() == 0 {
		return place, err
	}
	program, err := os.Executable()
	if err != nil {
		return place, fmt.Errorf("cli: starting the ranks: %w", err)
	}
	l := ranks.Launch{
		Place: place, Command: append([]string{program}, args...), Env: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Grace: 2 * timeout,
	}
	code, err := l.Run(context.Background())
	if err == nil && code != Done {
		err = &launchedError{code}
	}
	return place, err
}

// launchedError is the end of the ranks that were started here. They have told why.
type launchedError struct{ code int }

// Error is for nobody: see [reporter.report].
func (e *launchedError) Error() string {
	return fault.Command("the ranks ended with exit code %d", e.code)
}
