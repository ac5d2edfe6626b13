package pretrain

import (
	"errors"
	"fmt"
	"slices"
	"strings"

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

// Fill predicts the masks of texts, which are written [MASK]; each guess list has k entries.
func (p *Predictor) Fill(texts []string, k int) ([]Filled, error) {
	if !p.hasMasks {
		return nil, fmt.Errorf("pretrain: the model has no head for masks (hint: give one that was pretrained, with cls.predictions in it)")
	}
	k = min(k, p.Tokenizer.Size())
	out := make([]Filled, len(texts))
	ids := make([][]int32, len(texts))
	for i, text := range texts {
		out[i].Text, out[i].Probability = text, 1
		ids[i] = p.Tokenizer.AppendIDs(nil, text)
		if err := p.fits(text, len(ids[i])+2); err != nil {
			return nil, err
		}
		if !slices.Contains(ids[i], p.Tokenizer.Special().Mask) {
			return nil, fmt.Errorf("pretrain: %q has no [MASK] (hint: write [MASK] where a word is to be guessed)", text)
		}
	}
	for round := 0; ; round++ {
		var asked []int
		for i := range ids {
			if slices.Contains(ids[i], p.Tokenizer.Special().Mask) {
				asked = append(asked, i)
			}
		}
		if len(asked) == 0 {
			break
		}
		if err := p.fillRound(round == 0, asked, ids, out, k); err != nil {
			return nil, err
		}
	}
	for i := range out {
		out[i].Filled = p.Tokenizer.Decode(ids[i], true, true)
	}
	return out, nil
}

// fillRound predicts all masks of the texts asked and fills the surest of each.
func (p *Predictor) fillRound(first bool, asked []int, ids [][]int32, out []Filled, k int) error {
	special := p.Tokenizer.Special()
	var batch packing
	var owner, place []int // of each mask: its text, and where in the text's ids
	for _, i := range asked {
		batch.add(special, ids[i], nil)
		for at, id := range ids[i] {
			if id == special.Mask {
				owner, place = append(owner, i), append(place, at)
			}
		}
	}
	guesses, err := p.guess(batch, k)
	if err != nil {
		return err
	}
	surest := map[int]int{}
	for m, list := range guesses {
		i := owner[m]
		if first {
			out[i].Masks = append(out[i].Masks, list)
		}
		if best, ok := surest[i]; !ok || list[0].Probability > guesses[best][0].Probability {
			surest[i] = m
		}
	}
	for i, m := range surest {
		ids[i][place[m]] = guesses[m][0].ID
		out[i].Probability *= guesses[m][0].Probability
	}
	return nil
}

// guess predicts the masked rows of a batch. Special tokens are never guessed, nor ids that the tokenizer lacks.
func (p *Predictor) guess(batch packing, k int) ([][]Guess, error) {
	special := p.Tokenizer.Special()
	hidden := int64(4) // room for the special tokens among the best
	var values []float32
	var indices []int64
	wide := min(int64(k)+hidden, int64(p.network.Bert.Config.VocabSize))
	err := torch.Do(p.mode, func(pass *torch.Pass) error {
		in, err := p.network.Bert.Config.Pack(pass, batch.Packing)
		if err != nil {
			return err
		}
		rows := torch.From(pass, batch.masks, int64(len(batch.masks)))
		last := p.network.Bert.Forward(pass, in, wantNothing).Last
		logits := p.network.MaskedLM.Logits(pass, p.network.Bert, last, rows)
		v, i := pass.TopK(pass.Softmax(logits, -1, torch.Float32), wide)
		values, indices = torch.Values[float32](v), torch.Values[int64](i)
		return nil
	})
	if err == nil {
		err = p.numbers(values)
	}
	if err != nil {
		return nil, err
	}
	list := make([][]Guess, len(batch.masks))
	for m := range list {
		for j := m * int(wide); j < (m+1)*int(wide) && len(list[m]) < k; j++ {
			id := int32(indices[j])
			if id == special.Mask || id == special.Cls || id == special.Sep || id == special.Pad || p.Tokenizer.Token(id) == "" {
				continue
			}
			list[m] = append(list[m], Guess{p.Tokenizer.Token(id), id, float64(values[j])})
		}
		if len(list[m]) == 0 {
			return nil, fmt.Errorf("pretrain: the model guesses special tokens only (hint: it was hardly trained)")
		}
	}
	return list, nil
}

// numbers refuses probabilities and losses that are none.
func (p *Predictor) numbers(values []float32) error {
	if slices.ContainsFunc(values, func(x float32) bool { return x-x != 0 }) { // NaN and infinity alone
		return errors.New("pretrain: the model's scores are NaN or infinite: so are its weights, or fp16 is too narrow for them (hint: --compute fp32)")
	}
	return nil
}

func (p *Predictor) fits(text string, tokens int) error {
	if most := p.MaxLength(); tokens > most {
		if len(text) > 40 {
			text = strings.ToValidUTF8(text[:40], "") + "..."
		}
		return fmt.Errorf("pretrain: %q has %d tokens, the model reads %d (hint: give it less text around the mask)", text, tokens, most)
	}
	return nil
}
