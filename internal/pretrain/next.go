package pretrain

import (
	"errors"

	"gobert/bert"
	"gobert/internal/torch"
)

var errNoNext = errors.New("pretrain: the model has no head for next sentences (hint: it was trained with --no-nsp, or for another task)")

// wantNothing asks a forward pass for the last hidden states alone.
var wantNothing = bert.Want{}

// Next says how probable it is that the second text of each pair follows the first.
func (p *Predictor) Next(pairs [][2]string) ([]float64, error) {
	if !p.hasNext {
		return nil, errNoNext
	}
	var batch packing
	for _, pair := range pairs {
		a, b := p.Tokenizer.AppendIDs(nil, pair[0]), p.Tokenizer.AppendIDs([]int32{}, pair[1])
		if err := p.fits(pair[0], len(a)+len(b)+3); err != nil {
			return nil, err
		}
		batch.add(p.Tokenizer.Special(), a, b)
	}
	var values []float32
	err := torch.Do(p.mode, func(pass *torch.Pass) error {
		in, err := p.network.Bert.Config.Pack(pass, batch.Packing)
		if err != nil {
			return err
		}
		last := p.network.Bert.Forward(pass, in, wantNothing).Last
		values = torch.Values[float32](pass.Softmax(p.network.NextLogits(pass, in, last), -1, torch.Float32))
		return nil
	})
	if err == nil {
		err = p.numbers(values)
	}
	if err != nil {
		return nil, err
	}
	follows := make([]float64, len(pairs))
	for i := range follows {
		follows[i] = float64(values[2*i]) // label 0: B follows A
	}
	return follows, nil
}
