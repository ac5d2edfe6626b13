package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this program a command of the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pretrain": main})
}

// TestScripts runs testdata/scripts: each is a session at the command line.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/scripts"})
}
