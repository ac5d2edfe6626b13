package dataset_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/data/wordpiece"
)

// A folder of CSV files becomes features that the loader can draw: columns, labels and the kind of problem are found out.
func ExampleOpen() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	_ = os.WriteFile(filepath.Join(folder, "train.csv"), []byte("text,label\na fine day,good\n\"rain, rain\",bad\nsun at last,good\n"), 0o644)
	_ = os.WriteFile(filepath.Join(folder, "dev.csv"), []byte("text,label\nmore rain,bad\n"), 0o644)

	d, err := dataset.Open(dataset.Source{Task: "classify", Data: []string{folder}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.Labels.Problem, d.Labels.Names, len(d.Train.Examples), len(d.Dev[0].Examples))

	tokenizer, err := wordpiece.New([]string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "rain", ",", "fine", "day"}, wordpiece.DefaultOptions(true))
	if err != nil {
		log.Fatal(err)
	}
	encoder, err := features.NewClassifier(tokenizer, d.Labels, features.Options{MaxLength: 128})
	if err != nil {
		log.Fatal(err)
	}
	set, err := features.Encode(encoder, d.Train.Examples, "fail", nil)
	if err != nil {
		log.Fatal(err)
	}
	b := &set.All
	fmt.Println(b.IDs[b.Offsets[1]:b.Offsets[2]], b.Classes)
	// Output:
	// single_label_classification [bad good] 3 1
	// [2 4 5 4 3] [1 0 1]
}
