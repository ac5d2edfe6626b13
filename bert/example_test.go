package bert_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gobert/bert"
)

// small is a model folder of this repository: random weights, 67 words, 32 wide.
const small = "../testdata/golden/model_ragged"

// A model is loaded from a folder, or from the Hugging Face hub by its name. Packed input holds real tokens only.
func ExampleLoad() {
	m, err := bert.Load(context.Background(), small, bert.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	out, err := m.Encode(bert.Input{IDs: []int32{2, 17, 5, 3, 2, 9, 3}, Offsets: []int32{0, 4, 7}}, bert.Want{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(out.Offsets)-1, "sequences,", len(out.Last)/out.Width, "tokens of width", out.Width)
	fmt.Println(len(out.Pooled)/out.Width, "pooled rows")
	// Output:
	// 2 sequences, 7 tokens of width 32
	// 2 pooled rows
}

// Padded input, as tokenizers give it, is taken too. On request every layer's states and attention weights come back.
func ExampleModel_Encode() {
	m, err := bert.Load(context.Background(), small, bert.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	out, err := m.Encode(bert.Input{
		IDs:    []int32{2, 17, 5, 3, 2, 9, 3, 0}, // two rows of four columns
		Mask:   []int32{1, 1, 1, 1, 1, 1, 1, 0},
		Length: 4,
	}, bert.Want{Hidden: true, Attention: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("rows of the sequences:", out.Offsets)
	fmt.Println(len(out.Hidden), "hidden states: the embeddings and", len(out.Attention), "layers")
	heads, second := m.Config.NumHeads, 3 // tokens of the second sequence
	fmt.Println("attention of layer 0 in sequence 1:", len(out.Attention[0][1]) == heads*second*second)
	// Output:
	// rows of the sequences: [0 4 7]
	// 3 hidden states: the embeddings and 2 layers
	// attention of layer 0 in sequence 1: true
}

// Open gives the checkpoint itself; a report says what a network found in it.
func ExampleCheckpoint_Place() {
	c, err := bert.Open(context.Background(), "../testdata/golden/pretraining", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := bert.New(c.Config, true)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := c.Place(m, bert.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	fmt.Println(len(report.Loaded), "loaded,", len(report.Initialized), "drawn anew, unused:", report.Unused[0])
	// Output:
	// 39 loaded, 0 drawn anew, unused: cls.predictions.bias
}

// What is saved opens in transformers, and here.
func ExampleSave() {
	m, err := bert.Load(context.Background(), small, bert.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	if err := bert.Save(m, filepath.Join(folder, "mine"), bert.SaveOptions{BF16: true}); err != nil {
		fmt.Println(err)
		return
	}
	files, _ := filepath.Glob(filepath.Join(folder, "mine", "*"))
	for _, f := range files {
		fmt.Println(filepath.Base(f))
	}
	// Output:
	// README.md
	// config.json
	// model.safetensors
}

// A published size is a configuration by name.
func ExampleSize() {
	c, err := bert.Size("mini")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.NumLayers, c.HiddenSize, c.NumHeads)
	_, err = bert.Size("huge")
	fmt.Println(err)
	// Output:
	// 4 256 4
	// bert: unknown size "huge": expected one of tiny, mini, small, medium, base, large
}
