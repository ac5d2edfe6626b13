package badinput

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"gobert/internal/cli"
)

// Row is one bad input and the answer to it.
type Row struct {
	Name string
	Of   string                // the input that is bad, as it stands in braces in [Uses]
	Make func(w *World) string // makes it, and gives what stands on the command line in its place
	More []string              // further arguments
	Code int
	Says string // a regular expression that the error must match
	Hint bool   // a hint must follow

	Only, Not []string // verbs: "pretrain train"; an empty Only means all
	Many      bool     // several faults are told at once
	First     bool     // one use of a verb is enough for each input
	Shared    bool     // one code answers it in all verbs: in some of them is enough
	Through   *shell   // in a process of its own, under these conditions
}

// anyFailure is the code of rows that may fail in several ways, by what the verb comes upon first. It stands for no end by a
// signal of the system's, as a process that runs out of memory dies of.
const anyFailure = -1

// answer is what a command did.
type answer struct {
	Code      int
	Out, Talk string
	Took      time.Duration // of the processor's time
}

// foreign are words that no user should meet: Go's, and those of a fault of the program.
var foreign = regexp.MustCompile(`\bpanic(ked)?\b|goroutine \d|\.go:\d|<nil>|map\[|%!|runtime error|a fault of this program|context canceled|` +
	`unmarshal|[^.a-z-]json: |strconv\.|invalid syntax|cannot parse|0x[0-9a-f]{8}|unexpected EOF\n.*unexpected EOF|reflect|interface \{\}`)

// check gives what is wrong with an answer.
func (r *Row) check(program string, a answer) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	failed := a.Code == cli.Failed || a.Code == cli.Usage || a.Code == cli.Interrupted
	if a.Code != r.Code && (r.Code != anyFailure || !failed) {
		fault("exit code %d, expected %d", a.Code, r.Code)
	}
	if found := foreign.FindString(a.Talk + a.Out); found != "" {
		fault("it says %q", found)
	}
	var errors, hints []string
	for line := range strings.Lines(a.Talk) {
		if text, ok := strings.CutPrefix(line, program+": error: "); ok {
			errors = append(errors, text)
		}
		if text, ok := strings.CutPrefix(line, program+": stopped: "); ok && a.Code == cli.Interrupted {
			errors = append(errors, text)
		}
		if text, ok := strings.CutPrefix(line, program+": hint: "); ok {
			hints = append(hints, text)
		}
	}
	switch {
	case r.Code == cli.Done && len(errors) > 0, r.Code != cli.Done && len(errors) == 0:
		fault("%d lines tell an error", len(errors))
	case len(errors) > 1 && !r.Many:
		fault("%d lines tell an error, expected one", len(errors))
	}
	said := strings.Join(errors, "") + strings.Join(hints, "")
	if r.Code == cli.Done {
		said = a.Talk
	}
	if r.Says != "" && !regexp.MustCompile(r.Says).MatchString(said) {
		fault("it does not say %s", r.Says)
	}
	if r.Hint && len(hints) == 0 {
		fault("there is no hint")
	}
	return faults
}
