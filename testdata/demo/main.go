// Demo writes the texts of "make demo": little stories that were made for this project, and a labelled task on top of them.
//
//	go run ./testdata/demo -out testdata/demo
//
// There are two sorts of stories, in turn. Some happen in one place, to two people, in one mood: their sentences share the words of
// that place and mood. The others tell of an animal and a thing, "The cat sat on it because it was a nice rug.": what is on the right
// of a word decides what it is, as much as what is on its left. So there is something to learn for both of BERT's tasks: a masked word
// can be told from the words around it, and whether a text goes on from another one from what both are about.
//
// The labelled task asks for the mood of a visitor's note. Half of the words that tell a mood never appear in the labelled training
// notes: only the stories say what they mean, so that pretraining has something to give.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

const (
	seed    = 2026
	stories = 3000
	train   = 480
	dev     = 240
)

func main() {
	out := flag.String("out", ".", "folder to write into")
	flag.Parse()
	for name, text := range files() {
		if err := os.WriteFile(filepath.Join(*out, name), []byte(text), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "demo:", err)
			os.Exit(1)
		}
	}
}

// files makes every text from the seed alone.
func files() map[string]string {
	w := writer{rand.New(rand.NewPCG(seed, 1))}
	var text strings.Builder
	for i := range stories {
		story := w.story
		if i%2 == 0 {
			story = w.house
		}
		for _, sentence := range story() {
			text.WriteString(sentence + "\n")
		}
		text.WriteString("\n")
	}
	before := map[string]bool{}
	return map[string]string{
		"stories.txt": text.String(),
		"train.tsv":   w.notes(train, false, before),
		"dev.tsv":     w.notes(dev, true, before),
	}
}

// writer draws words.
type writer struct{ *rand.Rand }

func (w writer) pick(words []string) string { return words[w.IntN(len(words))] }

// two draws two different words.
func (w writer) two(words []string) (a, b string) {
	i := w.IntN(len(words))
	j := (i + 1 + w.IntN(len(words)-1)) % len(words)
	return words[i], words[j]
}
