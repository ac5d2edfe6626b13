package heads_test

import (
	"context"
	"fmt"

	"gobert/bert"
	"gobert/heads"
)

// A head is made for the checkpoint's configuration, filled from it, and run in a pass: here a tagger, with a score of each
// label for each token.
func ExampleToken() {
	c, err := bert.Open(context.Background(), "../testdata/golden/token", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	tagger, err := heads.NewToken(c.Config)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := c.Place(tagger, bert.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	defer tagger.Bert.Close()
	labels := c.Config.Labels()
	err = bert.Do(tagger.Bert.Mode(), func(p *bert.Pass) error {
		in, err := c.Config.Pack(p, bert.Packing{IDs: []int32{2, 17, 5, 3, 2, 9, 3}, Offsets: []int32{0, 4, 7}})
		if err != nil {
			return err
		}
		scores := bert.Values[float32](tagger.Logits(p, in))
		fmt.Println(len(scores)/len(labels), "tokens,", len(labels), "labels")
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 7 tokens, 5 labels
}

// Filling a blank: the masked row is scored against the vocabulary.
func ExampleMaskedLM_Logits() {
	c, err := bert.Open(context.Background(), "../testdata/golden/masked_lm", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := heads.NewMaskedLM(c.Config)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := c.Place(n, bert.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	defer n.Bert.Close()
	const mask = 4 // the id of [MASK]
	ids := []int32{2, 17, mask, 9, 3}
	err = bert.Do(n.Bert.Mode(), func(p *bert.Pass) error {
		in, err := c.Config.Pack(p, bert.Packing{IDs: ids, Offsets: []int32{0, 5}})
		if err != nil {
			return err
		}
		last := n.Bert.Forward(p, in, bert.Want{}).Last
		scores := bert.Values[float32](n.MaskedLM.Logits(p, n.Bert, last, bert.From(p, []int32{2}, 1)))
		best := 0
		for id, score := range scores {
			if score > scores[best] {
				best = id
			}
		}
		fmt.Println(len(scores), "scores, the best is above all others:", scores[best] > scores[(best+1)%len(scores)])
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 67 scores, the best is above all others: true
}

// One vector of each sequence, to compare texts by.
func ExamplePooling_Vectors() {
	m, err := bert.Load(context.Background(), "../testdata/golden/model_ragged", bert.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	err = bert.Do(m.Mode(), func(p *bert.Pass) error {
		in, err := m.Config.Pack(p, bert.Packing{IDs: []int32{2, 17, 5, 3, 2, 9, 3}, Offsets: []int32{0, 4, 7}})
		if err != nil {
			return err
		}
		fmt.Println(heads.Mean.Vectors(p, m, in).Shape())
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// [2 32]
}
