package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gobert/internal/badinput"
	"gobert/internal/testkit"
)

// catalogue is the command as the catalogue of bad input calls it.
var catalogue = badinput.Command{Name: "finetune", About: about, New: func() any { return &commands{} }}

func TestMain(m *testing.M) { os.Exit(catalogue.Tests(m, main)) }

func TestFaults(t *testing.T) { catalogue.Run(t) }

func TestExitCodesAgree(t *testing.T) { catalogue.Agrees(t) }

func TestSignals(t *testing.T) { catalogue.Signals(t) }

// TestScripts runs the command as users do, on a tiny random model and texts of our own.
func TestScripts(t *testing.T) {
	tiny := filepath.Join(t.TempDir(), "tiny")
	if err := badinput.WriteTiny(tiny); err != nil {
		t.Fatal(err)
	}
	golden, err := filepath.Abs(filepath.Join("..", "..", "data", "labelled", "testdata", "golden"))
	if err != nil {
		t.Fatal(err)
	}
	words, err := filepath.Abs(filepath.Join("..", "..", "sparse", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	testkit.Scripts(t, testscript.Params{
		Dir:  filepath.Join("testdata", "script"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"converse": converse, "near": near},
		Setup: func(e *testscript.Env) error {
			e.Setenv("OMP_NUM_THREADS", "1")
			e.Setenv("TINY", tiny)
			e.Setenv("GOLDEN", golden)
			e.Setenv("SPARSE", words)
			return nil
		},
	}, "finetune", catalogue.Main)
}

// converse is the scripts' command "converse VERB ARGS": finetune gets a line, and the next one when it has answered.
func converse(ts *testscript.TestScript, _ bool, args []string) {
	program := ts.MkAbs(filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], "finetune"))
	cmd := exec.Command(program, args...)
	cmd.Dir = ts.MkAbs(".")
	in, err := cmd.StdinPipe()
	ts.Check(err)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	answers := bufio.NewScanner(out)
	for _, line := range []string{"it was good", "it was bad", "we hate the rain"} {
		_, err := io.WriteString(in, line+"\n")
		ts.Check(err)
		if !answers.Scan() {
			ts.Fatalf("no answer to %q: %v", line, answers.Err())
		}
		ts.Logf("%s: %.60s", line, answers.Text())
	}
	ts.Check(in.Close())
	if answers.Scan() {
		ts.Fatalf("one answer more: %s", answers.Text())
	}
	ts.Check(cmd.Wait())
}
