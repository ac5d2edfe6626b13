package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

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
	testkit.Scripts(t, testscript.Params{
		Dir: filepath.Join("testdata", "cuda"),
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, append(standin.Variables(), "OMP_NUM_THREADS=1")...)
			return nil
		},
	}, "pretrain", catalogue.Main)
}
