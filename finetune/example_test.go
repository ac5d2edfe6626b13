package finetune_test

import (
	"context"
	"fmt"
	"strings"

	"gobert/bert"
	"gobert/data/labelled/dataset"
	"gobert/data/wordpiece"
	"gobert/finetune"
)

// From texts to hidden states: the tokenizer packs them, the encoder reads them, and no padding is made on the way.
func Example_states() {
	t, err := wordpiece.New(strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] the her ##on wait ##s river by"), wordpiece.DefaultOptions(true))
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := bert.Load(context.Background(), "../testdata/golden/model_ragged", bert.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	texts := []wordpiece.Input{wordpiece.Text("The heron waits"), wordpiece.Pair("the river", "by the river")}
	batch, err := t.EncodePacked(texts, false, wordpiece.EncodeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := m.Encode(bert.Input{IDs: batch.IDs, Types: batch.Types, Offsets: batch.Offsets}, bert.Want{})
	if err != nil {
		fmt.Println(err)
		return
	}
	first := out.Last[int(out.Offsets[1])*out.Width:][:out.Width] // [CLS] of the second text
	fmt.Println(out.Offsets, len(first))
	// Output:
	// [0 7 15] 32
}

// One run, from labelled files to a folder that predicts.
func ExampleTrain() {
	d, err := dataset.Open(dataset.Source{Task: "classify", Data: []string{"reviews"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, note := range d.Notes {
		fmt.Println(note) // what was guessed
	}
	for _, warning := range d.Warnings {
		fmt.Println(warning) // what looks wrong in the data
	}
	settings := finetune.Defaults()
	settings.Model, settings.Task, settings.Epochs, settings.Out = "run", d.Task, 4, "stars"
	result, err := finetune.Train(context.Background(), finetune.Job{Settings: settings, Data: d})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Metrics["accuracy"])
}
