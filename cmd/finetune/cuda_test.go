package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gobert/internal/badinput"
	"gobert/internal/testkit"
	"gobert/internal/torch/standin"
)

// TestOnCUDA runs the command on a stand-in for a GPU.
func TestOnCUDA(t *testing.T) { standin.Run(t, standin.Machine{}, "TestScriptsOnDevice") }

// TestScriptsOnDevice are the scripts of [TestOnCUDA].
func TestScriptsOnDevice(t *testing.T) {
	if !standin.Here() {
		t.Skip("TestOnCUDA runs it")
	}
	tiny := filepath.Join(t.TempDir(), "tiny")
	if err := badinput.WriteTiny(tiny); err != nil {
		t.Fatal(err)
	}
	long := "text,label\n" // texts of which a hundred have no room on a card of 3 MiB
	for i := range 130 {
		long += fmt.Sprintf("%s %d,%s\n", strings.Repeat("we love the story of the film ", 9), i, []string{"good", "bad"}[i%2])
	}
	testkit.Scripts(t, testscript.Params{
		Dir: filepath.Join("testdata", "cuda"),
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, append(standin.Variables(), "OMP_NUM_THREADS=1", "TINY="+tiny)...)
			return os.WriteFile(filepath.Join(e.WorkDir, "long.csv"), []byte(long), 0o600)
		},
	}, "finetune", catalogue.Main)
}
