package heads_test

import (
	"context"
	"fmt"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/torch"
)

// load fills a head from one of this repository's small model folders.
func load(folder string, build func(c bert.Config) (bert.Network, error)) (bert.Network, error) {
	c, err := bert.Open(context.Background(), "../testdata/golden/"+folder, nil)
	if err != nil {
		return nil, err
	}
	n, err := build(c.Config)
	if err != nil {
		return nil, err
	}
	_, err = c.Place(n, bert.Options{})
	return n, err
}

// A classifier is loaded as the encoder is; its logits are read within a pass.
func ExampleSequence() {
	n, err := load("sequence_single", func(c bert.Config) (bert.Network, error) { return heads.NewSequence(c) })
	if err != nil {
		fmt.Println(err)
		return
	}
	defer n.Encoder().Close()
	classifier := n.(*heads.Sequence)
	err = torch.Do(torch.Mode{}, func(p *torch.Pass) error {
		in, err := classifier.Bert.Config.Pack(p, bert.Packing{IDs: []int32{2, 17, 5, 3, 2, 9, 3}, Offsets: []int32{0, 4, 7}})
		if err != nil {
			return err
		}
		logits := classifier.Logits(p, in)
		fmt.Println(classifier.Problem, logits.Shape(), len(torch.Values[float32](logits)))
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// single_label_classification [2 3] 6
}

// Pretraining predicts masked words: only the masked rows meet the vocabulary.
func ExamplePretraining() {
	n, err := load("pretraining", func(c bert.Config) (bert.Network, error) { return heads.NewPretraining(c) })
	if err != nil {
		fmt.Println(err)
		return
	}
	defer n.Encoder().Close()
	model := n.(*heads.Pretraining)
	err = torch.Do(torch.Mode{}, func(p *torch.Pass) error {
		in, err := model.Bert.Config.Pack(p, bert.Packing{IDs: []int32{2, 4, 5, 3, 9, 3}, Types: []int32{0, 0, 0, 0, 1, 1}, Offsets: []int32{0, 6}})
		if err != nil {
			return err
		}
		loss := model.Loss(p, in, heads.PretrainingTargets{
			Rows: []int32{1}, // the token in row 1 was masked
			IDs:  []int32{17},
			Next: []int64{0}, // the second part follows the first
		}, 1)
		fmt.Println("the loss is the sum of its parts:", loss.Total.Item() == float64(float32(loss.MaskedLM.Item())+float32(loss.Next.Item())))
		fmt.Println("scores of the pair:", model.NextLogits(p, in, model.Bert.Forward(p, in, bert.Want{}).Last).Shape())
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// the loss is the sum of its parts: true
	// scores of the pair: [1 2]
}
