// Pretrain makes a BERT from text: a vocabulary, a corpus, a trained model.
//
// Each verb is a struct of flags in the file of its name, and a thin shell around packages vocab, corpus, pretrain and plot;
// google.go is the other half of data. reading.go holds the flags of verbs that read text, size.go numbers of bytes, following.go
// what is proposed as the next command.
package main

import (
	"os"

	"github.com/alecthomas/kong"

	"gobert/internal/cli"
	"gobert/pretrain"
)

// commands are the verbs of pretrain.
type commands struct {
	Vocab     vocabVerb     `cmd:"" help:"Train a WordPiece vocabulary from text."`
	Data      dataVerb      `cmd:"" help:"Tokenize text into a corpus to train on."`
	Train     trainVerb     `cmd:"" help:"Train a model with masked language modelling and next sentence prediction."`
	Eval      evalVerb      `cmd:"" help:"Measure a model on held-out text: loss, perplexity, accuracies."`
	Fill      fillVerb      `cmd:"" help:"Guess the words behind [MASK]."`
	Next      nextVerb      `cmd:"" help:"Say how probable it is that one text follows another."`
	Attention attentionVerb `cmd:"" help:"Show which token looks at which, in each head, before it and after it."`
	Plot      plotVerb      `cmd:"" help:"Draw the curves of runs: loss, accuracy, learning rate, speed."`
	Report    reportVerb    `cmd:"" help:"Write a page that shows a run: results, curves, guesses, attention."`
	Recipes   recipesVerb   `cmd:"" help:"Show the recipes of train, each number with its reason."`
	Doctor    cli.Doctor    `cmd:"" help:"Examine this machine: versions, devices, compute types, and whether LibTorch computes right."`
}

// Options give the flags of a run their defaults.
func (*commands) Options() []kong.Option { return []kong.Option{cli.Worded(pretrain.Variables())} }

// about is the first line of the help.
const about = "Pretrain BERT from text, on CPU or GPU."

func main() {
	os.Exit(cli.Main("pretrain", about, &commands{}, os.Args[1:], os.Stdout, os.Stderr))
}
