package finetune

import (
	"context"

	"gobert/data/tasks"
	"gobert/data/tasks/features"
)

// Score runs the model over a set, in order, and gives all its scores: a row for each feature (classification, choice), each
// labelled token (tags), or each token (spans). progress may be nil.
func (m *Model) Score(ctx context.Context, set *features.Set, progress func(done, total int)) (*Outputs, error) {
	all := &Outputs{}
	b := set.NewBatch()
	count := set.All.Len()
	flush := func(done int) error {
		if b.Len() == 0 {
			return nil
		}
		out, err := m.labelledLogits(b)
		if err != nil {
			return err
		}
		all.Width = out.Width
		all.Logits = append(all.Logits, out.Logits...)
		b.Reset()
		if progress != nil {
			progress(done, count)
		}
		return ctx.Err()
	}
	budget := m.Budget()
	for i := range count {
		if b.Len() > 0 && b.Tokens()+set.All.Length(i) > budget {
			if err := flush(i); err != nil {
				return nil, err
			}
		}
		b.AppendSequence(&set.All, i)
	}
	return all, flush(count)
}

// Features encodes labelled examples for the model.
func (m *Model) Features(examples []tasks.Example, o features.Options, onError tasks.OnError) (*features.Set, error) {
	encoder, err := m.Encoder(o)
	if err != nil {
		return nil, err
	}
	return features.Encode(encoder, examples, onError, &tasks.Skipped{})
}
