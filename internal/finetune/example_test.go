package finetune_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/data/wordpiece"
	"gobert/internal/finetune"
)

// From texts to hidden states: the tokenizer packs them, the encoder reads them, and no padding is made on the way.
func Example_states() {
	t, err := wordpiece.New(strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] the her ##on wait ##s river by"), wordpiece.DefaultOptions(true))
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := bert.Load(context.Background(), "../../testdata/golden/model_ragged", bert.Options{})
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
	var offsets []int32
	for _, at := range batch.Offsets {
		offsets = append(offsets, int32(at))
	}
	out, err := m.Encode(bert.Input{IDs: batch.IDs, Types: batch.Types, Offsets: offsets}, bert.Want{})
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
	settings.Model, settings.Task, settings.Epochs = "run", d.Task, 4
	result, err := finetune.Train(context.Background(), finetune.Job{Settings: settings, Data: d, Output: "stars"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Metrics["accuracy"])
}

// A fine-tuned folder reads examples of any length of file, in order, in constant memory.
func ExampleModel_Stream() {
	ctx := context.Background()
	m, err := finetune.Open(ctx, "stars", finetune.OpenOptions{Ready: true, Merge: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	r, _, err := dataset.Stream(dataset.Source{Task: string(m.Kind)}, "reviews.csv", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	err = m.Stream(ctx, r, features.Options{MaxLength: m.Positions()}, func(s *finetune.Scored) error {
		if s.Err != nil {
			return s.Err
		}
		p := m.Predict(s, finetune.PredictOptions{})
		fmt.Println(p.Label, *p.Probability)
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
}

// Sentence vectors, by batches, in order.
func ExampleEmbedder_Stream() {
	ctx := context.Background()
	e, err := finetune.OpenEmbedder(ctx, "sentence-transformers/all-MiniLM-L6-v2", finetune.EmbedOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	texts := []string{"The heron waits by the river.", "A bird stands near the water."}
	next := func() (string, error) {
		if len(texts) == 0 {
			return "", io.EOF
		}
		text := texts[0]
		texts = texts[1:]
		return text, nil
	}
	err = e.Stream(ctx, next, func(vectors []float32) error {
		fmt.Println(finetune.Cosine(vectors[:e.Width()], vectors[e.Width():]))
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
}

// Labelled data by itself: any reader of examples can be used.
func ExampleModel_Features() {
	m, err := finetune.Open(context.Background(), "stars", finetune.OpenOptions{Ready: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	examples := []labelled.Example{{Text: "a fine film", Labels: []string{"good"}, Labelled: true}}
	set, err := m.Features(examples, features.Options{MaxLength: 128}, labelled.Stop)
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := m.Evaluate(context.Background(), set, finetune.EvaluateOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Line())
}
