// Prepare makes what "make demo" trains on, a vocabulary and a corpus:
//
//	prepare TEXT FOLDER ENTRIES [split]
//
// It is plain Go: built in seconds, it runs while the C++ compiles that the commands need. Its files are those of "pretrain vocab" and
// "pretrain data --heldout 0.05", with --split where it is asked to cut lines into sentences.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"

	"gobert/data/corpus"
	"gobert/data/vocab"
	"gobert/data/wordpiece"
	"gobert/internal/disk"
)

// As the verbs have it: the share of the documents that the model is measured on, and the seed of their choice.
const (
	heldOut = 0.05
	seed    = 12345
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := prepare(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "demo: error:", err)
		os.Exit(1)
	}
}

// prepare makes both, or what is not there yet.
func prepare(ctx context.Context, args []string) error {
	if len(args) < 3 || len(args) > 4 || len(args) == 4 && args[3] != "split" {
		return fmt.Errorf("expected TEXT FOLDER ENTRIES [split], not %q", args)
	}
	entries, err := strconv.Atoi(args[2])
	if err != nil {
		return fmt.Errorf("expected the number of entries of the vocabulary, not %q", args[2])
	}
	text, folder := corpus.ReadOptions{Paths: args[:1]}, filepath.Join(args[1], "vocab")
	t, err := wordpiece.Open(folder)
	if err != nil {
		o := vocab.NewOptions()
		o.Size, o.Folder = entries, args[1]
		if t, _, err = vocab.Learn(ctx, text, wordpiece.DefaultOptions(true), o); err != nil {
			return err
		}
		if err := disk.Replace(folder, t.Save); err != nil {
			return err
		}
	}
	fmt.Printf("a vocabulary of %d word pieces in %s\n", t.Size(), folder)
	o := corpus.NewBuildOptions()
	o.ReadOptions, o.Tokenizer, o.Folder, o.HeldOut, o.Seed = text, t, filepath.Join(args[1], "corpus"), heldOut, seed
	if split := true; len(args) == 4 {
		o.Split = &split
	}
	m, err := corpus.Build(ctx, o)
	if err != nil {
		return err
	}
	fmt.Printf("%d documents, %d sentences, %d tokens in %s\n", m.Statistics.Documents, m.Statistics.Sentences, m.Statistics.Tokens, o.Folder)
	return nil
}
