package gotchtensor_test

import (
	"context"
	"fmt"

	"gobert/bert"
	"gobert/bert/gotchtensor"
)

// Hidden states go to code that is written for gotch, and what it computes comes back, without a copy.
func Example() {
	m, err := bert.Load(context.Background(), "../../testdata/golden/model_ragged", bert.Options{})
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
		states := m.Forward(p, in, bert.Want{})
		theirs := gotchtensor.Give(states.Last) // a *ts.Tensor over the same memory
		defer theirs.MustDrop()
		doubled := theirs.MustAdd(theirs, false)
		ours := gotchtensor.Take(doubled)
		defer ours.Free()
		doubled.MustDrop()
		fmt.Println(theirs.MustSize(), ours.Shape(), bert.Values[float32](ours)[0] == 2*bert.Values[float32](states.Last)[0])
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// [7 32] [7 32] true
}
