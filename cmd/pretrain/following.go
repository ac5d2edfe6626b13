package main

import (
	"fmt"
	"math"

	"gobert/data/corpus"
)

// The run that is proposed for a small corpus: as often through it as BERT went through its own, with limits.
const (
	smallCorpus   = 1_000_000 // tokens; beyond it there is enough for the recipe of an hour
	usualEpochs   = 40        // Devlin et al. 2019, section A.2
	usualBatch    = 32        // the default of train --batch
	fewestUpdates = 1000      // less teaches even a tiny model nothing
)

// training proposes a run on a corpus.
func (d *dataVerb) training(stats dataStatistics, pairs bool) []string {
	words := append([]string{"train", "--data", d.Out}, proposed(stats.Train.Tokens, stats.Examples)...)
	if !pairs {
		words = append(words, "--no-nsp")
	}
	return append(words, "--out", "run")
}

// proposed are the settings of a run that ends, and that learns something on the way, on so many tokens in so many examples.
func proposed(tokens int64, examples int) []string {
	if tokens >= smallCorpus {
		return []string{"--recipe", "laptop"}
	}
	updates := rounded(usualEpochs * (float64(examples)/usualBatch + 1))
	return []string{"--model", "tiny", "--steps", fmt.Sprint(max(fewestUpdates, updates)), "--learning-rate", "1e-3"}
}

// rounded leaves two digits of a number.
func rounded(x float64) int64 {
	unit := math.Pow(10, max(0, math.Floor(math.Log10(x))-1))
	return int64(math.Round(x/unit) * unit)
}

// followed are the arguments that text was read with, as they were given.
func followed(r reading) []string {
	words := append([]string{}, r.Text...)
	for _, flag := range []struct{ name, value, usual string }{
		{"--format", r.Format, string(corpus.Auto)},
		{"--field", r.Field, ""},
		{"--on-error", r.OnError, "fail"},
	} {
		if flag.value != flag.usual {
			words = append(words, flag.name, flag.value)
		}
	}
	return words
}
