package testkit

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// WithProgram runs tests with this test binary as a program of a name in $PATH. A TestMain that finds itself called by that name is
// the program, and calls its main.
func WithProgram(name string, tests func() int) (code int, err error) {
	folder, err := os.MkdirTemp("", "program-")
	if err != nil {
		return 1, fmt.Errorf("testkit: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	self, err := os.Executable()
	if err == nil {
		err = duplicate(self, filepath.Join(folder, name))
	}
	if err == nil {
		err = os.Setenv("PATH", folder+string(filepath.ListSeparator)+os.Getenv("PATH"))
	}
	if err != nil {
		return 1, fmt.Errorf("testkit: %w", err)
	}
	return tests(), nil
}

// duplicate gives a program a second name. A symbolic link would not do: what starts itself again would find the first one.
func duplicate(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	text, err := os.ReadFile(from) // on another file system
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o700)
}

// Scripts runs scripts one after the other. A line that begins with the program's name calls verbs, the program without its process:
// to load LibTorch takes ten times as long as most verbs do. "exec" and the name is a process; so is a line whose effect is a
// process's: several ranks, and whatever the environment says to those that begin.
func Scripts(t *testing.T, p testscript.Params, program string, verbs func(args []string, stdout, stderr io.Writer) int) {
	t.Helper()
	own := map[string]func(*testscript.TestScript, bool, []string){
		"browse": func(ts *testscript.TestScript, _ bool, args []string) { BrowseFor(ts, args[0]) },
		program: func(ts *testscript.TestScript, failing bool, args []string) {
			code := 0
			if needsProcess(ts, args) {
				if err := ts.Exec(program, args...); err != nil {
					code = 1
				}
			} else {
				code = inside(ts, args, verbs)
			}
			if (code != 0) != failing {
				ts.Fatalf("exit code %d", code)
			}
		},
	}
	for name, command := range p.Cmds {
		own[name] = command
	}
	p.Cmds = own
	testscript.RunT(oneByOne{t}, p)
}

// needsProcess says whether a call is another one in a process of its own.
func needsProcess(ts *testscript.TestScript, args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool { return arg == "--ranks" || strings.HasPrefix(arg, "--ranks=") }) ||
		slices.ContainsFunc([]string{"RANK", "WORLD_SIZE", "GOBERT_STANDIN", "LD_DEBUG"}, func(name string) bool { return ts.Getenv(name) != os.Getenv(name) })
}

// inside calls verbs in this process, in the script's folder, with its standard input and what a verb reads of its environment.
func inside(ts *testscript.TestScript, args []string, verbs func(args []string, stdout, stderr io.Writer) int) int {
	for _, name := range []string{"HOME", "TMPDIR", "HF_ENDPOINT", "HF_HUB_OFFLINE"} {
		before := os.Getenv(name)
		ts.Check(setOrUnset(name, ts.Getenv(name)))
		defer func() { ts.Check(setOrUnset(name, before)) }()
	}
	folder, err := os.Getwd()
	ts.Check(err)
	ts.Check(os.Chdir(ts.MkAbs(".")))
	defer func() { _ = os.Chdir(folder) }()

	ts.Check(ts.Exec("cat")) // what the script gave for the next process to read
	given := ts.ReadFile("stdout")
	in, write, err := os.Pipe()
	ts.Check(err)
	defer in.Close()
	go func() {
		_, _ = io.WriteString(write, given) // nobody need read it
		_ = write.Close()
	}()
	before := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = before }()
	return verbs(args, ts.Stdout(), ts.Stderr())
}

func setOrUnset(name, value string) error {
	if value == "" {
		return os.Unsetenv(name)
	}
	return os.Setenv(name, value)
}

// oneByOne is a test whose scripts do not run beside each other: a process has one folder that it is in.
type oneByOne struct{ *testing.T }

// Run runs a script.
func (o oneByOne) Run(name string, script func(testscript.T)) {
	o.T.Run(name, func(t *testing.T) { script(oneByOne{t}) })
}

// Parallel does nothing.
func (oneByOne) Parallel() {}

// Verbose is go test's flag.
func (oneByOne) Verbose() bool { return testing.Verbose() }
