package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"gobert/internal/badinput"
	"gobert/internal/cli"
	"gobert/internal/testkit"
)

// catalogue is the command as the catalogue of bad input calls it.
var catalogue = badinput.Command{Name: "pretrain", About: about, New: func() any { return &commands{} }}

func TestMain(m *testing.M) { os.Exit(catalogue.Tests(m, main)) }

func TestFaults(t *testing.T) { catalogue.Run(t) }

func TestExitCodesAgree(t *testing.T) { catalogue.Agrees(t) }

func TestSignals(t *testing.T) { catalogue.Signals(t) }

// TestScripts runs the command as users do: text files in, text out, exit codes.
func TestScripts(t *testing.T) {
	testkit.Scripts(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("OMP_NUM_THREADS", "1")
			return nil
		},
	}, "pretrain", catalogue.Main)
}

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
		if code := catalogue.Main(args, &all, os.Stderr); code != cli.Done {
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
