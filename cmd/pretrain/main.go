// Pretrain makes a BERT from text: a vocabulary, a corpus, a trained model.
package main

import (
	"os"

	"gobert/internal/cli"
)

// commands are the verbs of pretrain.
type commands struct {
	Doctor cli.Doctor `cmd:"" help:"Examine this machine: versions, devices, compute types, and whether LibTorch computes right."`
}

func main() {
	os.Exit(cli.Main("pretrain", "Pretrain BERT from text, on CPU or GPU.", &commands{}, os.Args[1:], os.Stdout, os.Stderr))
}
