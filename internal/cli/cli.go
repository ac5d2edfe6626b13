// Package cli is what both commands share: reading the command line, reporting errors with a hint, exit codes, and the
// verbs that both have.
//
// Exit codes: 0 done, 1 failed, 2 the command line or the configuration is wrong.
//
// Files: cli.go (the frame), doctor.go (the doctor verb).
package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// The exit codes of both commands.
const (
	Done   = 0
	Failed = 1
	Usage  = 2
)

// Streams are where a verb writes: data to Out, talk to Err.
type Streams struct {
	Out, Err io.Writer
}

// exit carries kong's wish to end (after --help) out of the parser.
type exit struct{ code int }

// Main parses the arguments, runs the verb's Run method and gives the exit code. It never ends the process itself.
func Main(name, about string, commands any, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case exit:
			code = fault.code
		default:
			panic(fault)
		}
	}()
	parser, err := kong.New(commands, kong.Name(name), kong.Description(about), kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit{code}) }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return report(stderr, name, err, Failed)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	context, err := parser.Parse(args)
	if err != nil {
		return report(stderr, name, fmt.Errorf("%w (hint: %s --help)", err, name), Usage)
	}
	if err := context.Run(&Streams{stdout, stderr}); err != nil {
		var usage *UsageError
		if errors.As(err, &usage) {
			return report(stderr, name, err, Usage)
		}
		return report(stderr, name, err, Failed)
	}
	return Done
}

// UsageError marks a fault of the command line or the configuration.
type UsageError struct{ Err error }

// Error is the fault's own text.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the fault.
func (e *UsageError) Unwrap() error { return e.Err }

// report prints an error, and the hint in its parentheses on a line of its own.
func report(w io.Writer, name string, err error, code int) int {
	for _, line := range strings.Split(err.Error(), "\n") {
		text, hint, found := strings.Cut(line, " (hint: ")
		if found {
			if rest, ok := strings.CutSuffix(hint, ")"); ok {
				fmt.Fprintf(w, "%s: error: %s\n%s: hint: %s\n", name, text, name, rest)
				continue
			}
		}
		fmt.Fprintf(w, "%s: error: %s\n", name, line)
	}
	return code
}
