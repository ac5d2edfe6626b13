package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"gobert/internal/badinput"
	"gobert/internal/cli"
	"gobert/internal/testkit"
	"gobert/internal/torch"
)

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "pretrain" {
		main()
	}
	if err := torch.SetThreads(1); err != nil { // the models are tiny
		panic(err)
	}
	code, err := testkit.WithProgram("pretrain", m.Run)
	if err != nil {
		panic(err)
	}
	os.Exit(code)
}

// verbs is main without a process.
func verbs(args []string, stdout, stderr io.Writer) int {
	return cli.Main("pretrain", about, &commands{}, args, stdout, stderr)
}

// TestScripts runs the command as users do: text files in, text out, exit codes.
func TestScripts(t *testing.T) {
	testkit.Scripts(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("OMP_NUM_THREADS", "1")
			return nil
		},
	}, "pretrain", verbs)
}

// catalogue is the command as the catalogue of bad input calls it.
var catalogue = badinput.Command{Name: "pretrain", About: about, New: func() any { return &commands{} }}

func TestFaults(t *testing.T) { catalogue.Run(t) }

func TestExitCodesAgree(t *testing.T) { catalogue.Agrees(t) }

func TestSignals(t *testing.T) { catalogue.Signals(t) }

var update = flag.Bool("update", false, "write the golden files anew")

// TestFlagsAreFrozen: names, defaults and help of all flags are in a file, so that none changes unseen.
func TestFlagsAreFrozen(t *testing.T) {
	t.Setenv("COLUMNS", "100")
	var all bytes.Buffer
	for _, args := range [][]string{
		{"--help"},
		{"vocab", "--help"},
		{"data", "--help"},
		{"train", "--help"},
		{"eval", "--help"},
		{"fill", "--help"},
		{"next", "--help"},
		{"attention", "--help"},
		{"plot", "--help"},
		{"report", "--help"},
		{"recipes", "--help"},
		{"doctor", "--help"},
		{"completion", "--help"},
		{"recipes"},
	} {
		if code := verbs(args, &all, os.Stderr); code != cli.Done {
			t.Fatalf("%v: exit code %d", args, code)
		}
		all.WriteString("\n")
	}
	path := filepath.Join("testdata", "help.txt")
	if *update {
		if err := os.WriteFile(path, all.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), all.String()); diff != "" {
		t.Errorf("the help changed (go test ./cmd/pretrain -run Frozen -update writes it):\n%s", diff)
	}
}
