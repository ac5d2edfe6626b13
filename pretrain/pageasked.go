package pretrain

import (
	"context"
	"strings"

	"gobert/internal/report"
)

// shownShare is the least probable guess that a page shows behind the first.
const shownShare = 0.005

// asked answers what sentences ask: which words their masks hide, and whether the second of a pair follows the first. Those that ask
// nothing are for the attention view alone.
func (t *told) asked(ctx context.Context, sentences []string) (list []report.Asked, err error) {
	for _, text := range sentences {
		a, b, pair := strings.Cut(text, "[SEP]")
		one := report.Asked{Text: text}
		switch {
		case pair && t.model.HasNext():
			one.Text, one.Then = strings.TrimSpace(a), strings.TrimSpace(b)
			follows, err := t.model.Next(ctx, [][2]string{{one.Text, one.Then}})
			if err != nil {
				return nil, err
			}
			one.Probability = follows[0]
		case !pair && strings.Contains(text, "[MASK]") && t.model.HasMasks():
			filled, err := t.model.Fill(ctx, []string{text})
			if err != nil {
				return nil, err
			}
			for _, mask := range filled[0].Masks {
				var guesses []report.Guess
				for _, g := range mask {
					if len(guesses) > 0 && g.Probability < shownShare {
						break
					}
					guesses = append(guesses, report.Guess{Word: g.Token, Probability: g.Probability})
				}
				one.Masks = append(one.Masks, guesses)
			}
			if len(one.Masks) > 1 {
				one.Filled = filled[0].Filled
			}
		default:
			continue
		}
		list = append(list, one)
	}
	return list, nil
}
