package pipeline

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/data"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Guess is a token and how probable the model finds it.
type Guess struct {
	Token       string  `json:"token"`
	ID          int32   `json:"id"`
	Probability float64 `json:"probability"`
}

// Filled is a text whose masks were predicted.
type Filled struct {
	Text  string    `json:"text"`
	Masks [][]Guess `json:"masks"` // of each mask, best first, each by itself
	// Filled is the text with all masks filled together: the surest one first, the others in view of it.
	Filled      string  `json:"filled"`
	Probability float64 `json:"probability"` // of these fillings, each in view of those before it
}

// together is how many texts go through the model at once: enough to fill the machine.
const together = 32

// guesses is how many there are of each mask where nothing is said.
const guesses = 5

// Fill predicts the masks of texts, which are written [MASK]. Options.Top is how many guesses there are for each.
func (p *Pipeline) Fill(ctx context.Context, texts []string) ([]Filled, error) {
	if !p.hasMasks {
		return nil, &PurposeError{p.Model.Folder, "Fill", "the model has no head for masks", "give one that was pretrained, with cls.predictions in it"}
	}
	var out []Filled
	for some := range slices.Chunk(texts, together) {
		filled, err := p.FillBy(ctx, some, func(sequences [][]int32) ([][]Guess, error) {
			return p.Guess(sequences, cmp.Or(p.options.Top, guesses))
		})
		if err != nil {
			return nil, err
		}
		out = append(out, filled...)
	}
	return out, nil
}

// FillBy predicts the masks of texts with a function that does what [Pipeline.Guess] does.
func (p *Pipeline) FillBy(ctx context.Context, texts []string, guess func(sequences [][]int32) ([][]Guess, error)) ([]Filled, error) {
	t := p.Model.Tokenizer
	out, ids := make([]Filled, len(texts)), make([][]int32, len(texts))
	for i, text := range texts {
		out[i].Text, out[i].Probability = text, 1
		ids[i] = t.AppendIDs(nil, text)
		if err := p.fits(text, len(ids[i])+2); err != nil {
			return nil, err
		}
		if !slices.Contains(ids[i], t.Special().Mask) {
			return nil, fault.New("pipeline: %q has no [MASK]", text).Advise("write [MASK] where a word is to be guessed")
		}
	}
	for first := true; ctx.Err() == nil; first = false {
		var asked []int // texts that have masks left
		var sequences [][]int32
		for i := range ids {
			if slices.Contains(ids[i], t.Special().Mask) {
				asked, sequences = append(asked, i), append(sequences, ids[i])
			}
		}
		if len(asked) == 0 {
			break
		}
		lists, err := guess(sequences)
		if err != nil {
			return nil, err
		}
		for _, i := range asked {
			surest, at := -1, 0
			mine := lists[:0:0]
			for k, id := range ids[i] {
				if id != t.Special().Mask {
					continue
				}
				mine, lists = append(mine, lists[0]), lists[1:]
				if last := len(mine) - 1; surest < 0 || mine[last][0].Probability > mine[surest][0].Probability {
					surest, at = last, k
				}
			}
			if first {
				out[i].Masks = mine
			}
			ids[i][at] = mine[surest][0].ID
			out[i].Probability *= mine[surest][0].Probability
		}
	}
	for i := range out {
		out[i].Filled = t.Decode(ids[i], true, true)
	}
	return out, ctx.Err()
}

// Guess predicts every mask in sequences of ids, best first. Special tokens are never guessed, nor ids that the tokenizer lacks.
func (p *Pipeline) Guess(sequences [][]int32, k int) ([][]Guess, error) {
	n := p.Model.Network.(*heads.Pretraining)
	t := p.Model.Tokenizer
	special := t.Special()
	var b data.Batch
	for _, ids := range sequences {
		b.AppendTexts(special.Cls, special.Sep, ids)
	}
	var masks []int32
	for row, id := range b.IDs {
		if id == special.Mask {
			masks = append(masks, int32(row))
		}
	}
	const hidden = 4 // room for the special tokens among the best
	k = min(k, t.Size())
	wide := min(k+hidden, n.Bert.Config.VocabSize)
	var values []float32
	var indices []int64
	err := p.forward(&b, masks, func(pass *torch.Pass, _ *bert.Packed, last, rows *torch.Tensor) {
		logits := n.MaskedLM.Logits(pass, n.Bert, last, rows)
		v, i := pass.TopK(pass.Softmax(logits, -1, torch.Float32), int64(wide))
		values, indices = torch.Values[float32](v), torch.Values[int64](i)
	}, &values)
	if err != nil {
		return nil, err
	}
	list := make([][]Guess, len(masks))
	for m := range list {
		for j := m * wide; j < (m+1)*wide && len(list[m]) < k; j++ {
			id := int32(indices[j])
			if id == special.Mask || id == special.Cls || id == special.Sep || id == special.Pad || t.Token(id) == "" {
				continue
			}
			list[m] = append(list[m], Guess{t.Token(id), id, float64(values[j])})
		}
		if len(list[m]) == 0 {
			return nil, fault.New("pipeline: the model guesses special tokens only").Advise("it was hardly trained")
		}
	}
	return list, nil
}

// Next says how probable it is that the second text of each pair follows the first.
func (p *Pipeline) Next(ctx context.Context, pairs [][2]string) (follows []float64, err error) {
	if !p.hasNext {
		return nil, &PurposeError{p.Model.Folder, "Next", "the model has no head for next sentences", "it was trained without that task, or for another one"}
	}
	t := p.Model.Tokenizer
	for some := range slices.Chunk(pairs, together) {
		var batch data.Batch
		for _, pair := range some {
			a, b := t.AppendIDs(nil, pair[0]), t.AppendIDs(nil, pair[1])
			if err := p.fits(pair[0], len(a)+len(b)+3); err != nil {
				return nil, err
			}
			batch.AppendTexts(t.Special().Cls, t.Special().Sep, a, b)
		}
		chances, err := p.Follows(&batch)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		follows = append(follows, chances...)
	}
	return follows, nil
}

// Follows is [Pipeline.Next] of pairs that are cut into tokens.
func (p *Pipeline) Follows(b *data.Batch) (follows []float64, err error) {
	n := p.Model.Network.(*heads.Pretraining)
	var values []float32
	err = p.forward(b, nil, func(pass *torch.Pass, in *bert.Packed, last, _ *torch.Tensor) {
		values = torch.Values[float32](pass.Softmax(n.NextLogits(pass, in, last), -1, torch.Float32))
	}, &values)
	for i := 0; i < len(values); i += 2 {
		follows = append(follows, float64(values[i])) // label 0: B follows A
	}
	return follows, err
}

// forward runs the encoder, and a head over its states and some rows of them; what that gives must be numbers.
func (p *Pipeline) forward(b *data.Batch, rows []int32, head func(pass *torch.Pass, in *bert.Packed, last, rows *torch.Tensor), values *[]float32) error {
	m := p.Model.Network.Encoder()
	err := torch.Do(torch.Mode{Device: p.Model.Device, Compute: p.Model.Compute}, func(pass *torch.Pass) error {
		in, err := m.Config.Pack(pass, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets})
		if err != nil {
			return err
		}
		var asked *torch.Tensor
		if rows != nil {
			asked = torch.From(pass, rows, int64(len(rows)))
		}
		head(pass, in, m.Forward(pass, in, bert.Want{}).Last, asked)
		return nil
	})
	if err == nil && !bert.Finite(*values) {
		err = fault.New("pipeline: the model's scores are NaN or infinite: so are its weights, or fp16 is too narrow for them").Advise("{compute} fp32")
	}
	return err
}

func (p *Pipeline) fits(text string, tokens int) error {
	if most := p.Model.Positions(); tokens > most {
		if len(text) > 40 {
			text = strings.ToValidUTF8(text[:40], "") + "..."
		}
		return fault.New("pipeline: %q has %d tokens, the model reads %d", text, tokens, most).Advise("give it less text around the mask")
	}
	return nil
}
