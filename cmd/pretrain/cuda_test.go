package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gobert/internal/torch/standin"
)

// TestOnCUDA runs the command on a stand-in for a GPU.
func TestOnCUDA(t *testing.T) {
	machine := standin.Machine{}.Environment(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "cuda"),
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, append(machine, "OMP_NUM_THREADS=1")...)
			return nil
		},
	})
}
