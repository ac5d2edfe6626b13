package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gobert/internal/badinput"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"serve": main})
}

// catalogue is the command as the catalogue of bad input calls it.
var catalogue = badinput.Command{Name: "serve", About: about, New: func() any { return &commands{} }}

func TestFaults(t *testing.T) { catalogue.Run(t) }

func TestSignals(t *testing.T) { catalogue.Signals(t) }
