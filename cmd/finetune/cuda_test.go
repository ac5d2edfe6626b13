package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gobert/internal/badinput"
	"gobert/internal/torch/standin"
)

// TestOnCUDA runs the command on a stand-in for a GPU.
func TestOnCUDA(t *testing.T) {
	tiny := filepath.Join(t.TempDir(), "tiny")
	if err := badinput.WriteTiny(tiny); err != nil {
		t.Fatal(err)
	}
	machine := standin.Machine{}.Environment(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "cuda"),
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, append(machine, "OMP_NUM_THREADS=1", "TINY="+tiny)...)
			return nil
		},
	})
}
