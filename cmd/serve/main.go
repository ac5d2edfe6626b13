// Serve answers requests over HTTP with trained models.
//
// It is a thin shell around package serve: run.go holds the flags, traces.go where traces go, and collector.go how.
package main

import (
	"os"

	"gobert/internal/cli"
)

// commands are the verbs of serve. A call without one is the first.
type commands struct {
	Run runVerb `cmd:"" default:"withargs" help:"Answer requests with models. The word run may be left out."`

	Doctor cli.Doctor `cmd:"" help:"Examine this machine: versions, devices, compute types, and whether LibTorch computes right."`
}

// about is the first line of the help.
const about = "Serve trained models over HTTP."

func main() {
	os.Exit(cli.Main("serve", about, &commands{}, os.Args[1:], os.Stdout, os.Stderr))
}
