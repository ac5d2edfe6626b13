package wordpiece_test

import (
	"fmt"
	"os"

	"gobert/data/wordpiece"
)

// tiny is a vocabulary for the examples; a real one has 30,522 tokens and comes from a model's folder.
func tiny() *wordpiece.Tokenizer {
	t, err := wordpiece.New([]string{
		"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "her", "##on", "wait", "##s", ".", "river", "by", "caf", "##e",
	}, wordpiece.DefaultOptions(true))
	if err != nil {
		panic(err)
	}
	return t
}

func Example() {
	t := tiny() // wordpiece.Open("path/of/a/model")
	e, err := t.Encode("The heron waits.", "", wordpiece.EncodeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Tokens)
	fmt.Println(e.IDs)
	fmt.Println(e.WordIDs)
	fmt.Println(t.Decode(e.IDs, true, false))
	// Output:
	// [[CLS] the her ##on wait ##s . [SEP]]
	// [2 5 6 7 8 9 10 3]
	// [-1 0 1 1 2 2 3 -1]
	// the heron waits.
}

// The fast door appends ids to a slice that is used again, without allocation.
func ExampleTokenizer_AppendIDs() {
	t := tiny()
	var ids []int32
	for _, line := range []string{"The heron.", "By the river [MASK]"} {
		ids = t.AppendIDs(ids[:0], line)
		fmt.Println(ids)
	}
	// Output:
	// [5 6 7 10]
	// [12 5 11 4]
}

// Places are bytes of the text, as it was given.
func ExampleTokenizer_AppendPieces() {
	t := tiny()
	text := "The Cafe"
	var p wordpiece.Pieces
	t.AppendPieces(&p, text)
	for i, id := range p.IDs {
		fmt.Printf("word %d: %s from %q\n", p.Words[i], t.Token(id), text[p.Starts[i]:p.Ends[i]])
	}
	// Output:
	// word 0: the from "The"
	// word 1: caf from "Caf"
	// word 1: ##e from "e"
}

// A question and a long text: windows of the text overlap by the stride, the question is in each of them.
func ExampleTokenizer_EncodeBatch() {
	t := tiny()
	inputs := []wordpiece.Input{wordpiece.Pair("the river", "the heron waits by the river.")}
	batch, err := t.EncodeBatch(inputs, wordpiece.EncodeOptions{
		MaxLength: 10, Truncation: wordpiece.OnlySecond, Stride: 2, Padding: wordpiece.PadMaxLength,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range batch[0].Flat() {
		fmt.Println(e.Tokens)
	}
	// Output:
	// [[CLS] the river [SEP] the her ##on wait ##s [SEP]]
	// [[CLS] the river [SEP] wait ##s by the river [SEP]]
	// [[CLS] the river [SEP] the river . [SEP] [PAD] [PAD]]
}

// Packed batches have no padding.
func ExampleTokenizer_EncodePacked() {
	t := tiny()
	p, err := t.EncodePacked([]wordpiece.Input{wordpiece.Text("the river"), wordpiece.Pair("by", "the heron")}, false, wordpiece.EncodeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.IDs)
	fmt.Println(p.Types)
	fmt.Println(p.Offsets)
	// Output:
	// [2 5 11 3 2 12 3 5 6 7 3]
	// [0 0 0 0 0 0 0 1 1 1 1]
	// [0 4 11]
}

// Labels of words go to the first piece of each.
func ExampleTokenizer_EncodeWords() {
	t := tiny()
	e, err := t.EncodeWords([]string{"heron", "waits."}, wordpiece.EncodeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for word := range 2 {
		tokens, _ := e.WordToTokens(word, 0)
		fmt.Println(word, e.Tokens[tokens.Start:tokens.End])
	}
	// Output:
	// 0 [her ##on]
	// 1 [wait ##s .]
}

// A saved tokenizer is read by transformers and by Open.
func ExampleTokenizer_Save() {
	folder, err := os.MkdirTemp("", "model")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	t := tiny()
	if err := t.Save(folder); err != nil {
		fmt.Println(err)
		return
	}
	again, err := wordpiece.Open(folder)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(again.Size(), again.Hash() == t.Hash())
	// Output:
	// 15 true
}
