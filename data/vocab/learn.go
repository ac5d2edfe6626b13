package vocab

import (
	"context"

	"gobert/data/corpus"
	"gobert/data/wordpiece"
	"gobert/internal/fault"
)

// positions are those of every BERT whose vocabulary is trained here: what tokenizer_config.json calls model_max_length.
const positions = 512

// Learn is [Train] on texts of any format that package corpus reads, which fall into words by a tokenizer's rules. It gives the
// tokenizer that has the vocabulary, to be saved into a folder:
//
//	t, _, err := vocab.Learn(ctx, corpus.ReadOptions{Paths: []string{"text.txt"}}, wordpiece.DefaultOptions(true), vocab.NewOptions())
//
// Special tokens behind the usual five are added to the rules: no text is cut inside one.
func Learn(ctx context.Context, from corpus.ReadOptions, rules wordpiece.Options, o Options) (*wordpiece.Tokenizer, *Result, error) {
	text, err := corpus.Read(from)
	if err != nil {
		return nil, nil, err
	}
	cut, err := wordpiece.New(o.SpecialTokens, rules)
	if err != nil {
		return nil, nil, fault.Usage("{special}: %w", err)
	}
	if tell := o.Progress; tell != nil {
		o.Progress = func(stage Stage, done, total int64) {
			if stage == Counting {
				done, total = text.Progress()
			}
			tell(stage, done, total)
		}
	}
	r, err := Train(ctx, text.Texts(ctx), func() WordFunc { return cut.Words() }, o)
	if err != nil {
		return nil, nil, err
	}
	r.Unread = text.Skipped()
	if rules.MaxLength == 0 {
		rules.MaxLength = positions
	}
	for _, token := range o.SpecialTokens[min(len(o.SpecialTokens), len(NewOptions().SpecialTokens)):] {
		rules.Added = append(rules.Added, wordpiece.SpecialToken(token))
	}
	t, err := wordpiece.New(r.Pieces, rules)
	return t, r, err
}
