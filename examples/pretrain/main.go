// Pretrain makes a BERT of a text file: a vocabulary, a corpus, and a run that tells of its steps and stops when it is told to.
//
//	go run ./pretrain stories.txt run
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"

	"gobert/data/corpus"
	"gobert/data/vocab"
	"gobert/data/wordpiece"
	"gobert/pretrain"
	"gobert/train"
)

// prepare trains a vocabulary on a text, and writes the text's ids into a folder, in which the tokenizer is kept, too.
func prepare(ctx context.Context, file, folder string) error {
	text := corpus.ReadOptions{Paths: []string{file}}
	words := vocab.NewOptions()
	words.Size = 2000
	t, _, err := vocab.Learn(ctx, text, wordpiece.DefaultOptions(true), words)
	if err != nil {
		return err
	}
	o := corpus.NewBuildOptions()
	o.ReadOptions, o.Tokenizer, o.Folder, o.HeldOut = text, t, folder, 0.05
	_, err = corpus.Build(ctx, o)
	return err
}

// run pretrains on a corpus, or goes on where it was interrupted.
func run(ctx context.Context, data, out string) error {
	c := pretrain.Defaults()
	c.Data, c.Out, c.Resume = data, out, "auto"
	c.Model, c.Length, c.Batch, c.Steps = "tiny", 64, 16, 40
	c.LearningRate, c.LogEvery, c.EvaluateSequences = 1e-3, 10, 64
	outcome, err := pretrain.Train(ctx, c, train.Talk{OnStep: func(r train.StepReport) {
		fmt.Printf("step %d of %d: loss %.2f\n", r.Step, r.Steps, r.Values[0].Value)
	}})
	if errors.Is(err, train.ErrInterrupted) {
		return fmt.Errorf("stopped at step %d: the same command goes on", outcome.State.Step)
	}
	if err != nil {
		return err
	}
	fmt.Println("on text that was held out:", pretrain.Describe(outcome.Measured))
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) != 3 {
		log.Fatal("usage: pretrain TEXT OUT")
	}
	text, out := os.Args[1], os.Args[2]
	err := prepare(ctx, text, out+".corpus")
	if err == nil {
		err = run(ctx, out+".corpus", out)
	}
	if err != nil {
		log.Fatal(err)
	}
}
