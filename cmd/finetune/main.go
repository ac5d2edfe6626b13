// Finetune trains a pretrained BERT on labelled data, evaluates it and predicts with it.
//
// Each verb is a struct of flags in the file of its name, and a thin shell around package finetune. reading.go holds the flags of
// verbs that read data; listen.go reads standard input as it comes; predictor.go, files.go and vectors.go write what predict and
// embed give.
package main

import (
	"os"

	"github.com/alecthomas/kong"

	"gobert/finetune"
	"gobert/internal/cli"
)

// commands are the verbs of finetune.
type commands struct {
	Train trainVerb `cmd:"" help:"Train a model for a task on labelled data." group:"Training"`

	Eval    evalVerb    `cmd:"" help:"Measure a fine-tuned model with the official metrics." group:"Using a model"`
	Report  reportVerb  `cmd:"" help:"Write a page that shows a run: results, curves, confusion, errors, attention." group:"Using a model"`
	Predict predictVerb `cmd:"" help:"Predict labels, entities, answers or choices." group:"Using a model"`
	Embed   embedVerb   `cmd:"" help:"Turn lines of text into vectors, or compare pairs." group:"Using a model"`
	Merge   mergeVerb   `cmd:"" help:"Add LoRA adapters to the weights that they correct." group:"Using a model"`

	Quantize quantizeVerb `cmd:"" help:"Write a model in 8-bit integers: a quarter of the size, and faster on the CPU." group:"Using a model"`

	Doctor cli.Doctor `cmd:"" help:"Examine this machine: versions, devices, compute types, and whether LibTorch computes right."`
}

// Options give the flags of a run their defaults, and some of them several values.
func (*commands) Options() []kong.Option {
	return append(cli.Several(), cli.Worded(finetune.Variables()))
}

// about is the first line of the help.
const about = "Fine-tune BERT on labelled data, evaluate and predict."

func main() {
	os.Exit(cli.Main("finetune", about, &commands{}, os.Args[1:], os.Stdout, os.Stderr))
}
