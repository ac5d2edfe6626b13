package task

import (
	"context"
	"fmt"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
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
	budget := Budget(m.Device)
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

// Features encodes labelled examples for the model, with the offsets that evaluation needs: of answers, and of tagged words.
func (m *Model) Features(examples []labelled.Example, o features.Options, onError labelled.OnError) (*features.Set, error) {
	if m.Problem() == labelled.Regression && m.Labels.Len() > 1 {
		return nil, fmt.Errorf("task: %s gives %d numbers for a text, labelled data has one: it cannot be measured or trained (hint: finetune predict gives them all)",
			m.Folder, m.Labels.Len())
	}
	o.Offsets = m.Kind == labelled.Span || m.Kind == labelled.Tag
	encoder, err := m.Encoder(o)
	if err != nil {
		return nil, err
	}
	return features.Encode(encoder, examples, onError, &labelled.Skipped{})
}

// mostUnknown is the share of unknown tokens that is told.
const mostUnknown = 0.1

// Unknown says that the tokenizer does not know much of the texts, which the model then cannot read; empty where it does.
func (m *Model) Unknown(set *features.Set) string {
	unknown := 0
	for _, id := range set.All.IDs {
		if id == m.Tokenizer.Special().Unk {
			unknown++
		}
	}
	share := float64(unknown) / float64(max(1, len(set.All.IDs)))
	if share < mostUnknown {
		return ""
	}
	return fmt.Sprintf("%.0f %% of the tokens are [UNK]: the tokenizer does not know these texts (hint: is it the model's own, and for their language?)", 100*share)
}

// Longer says what was done with texts that are longer than what is read at once, with their count; empty where there are
// none.
func Longer(kind labelled.Kind, set *features.Set, length int) string {
	var parts []string
	if kind == labelled.Span {
		long, windows := 0, 0
		for i := range set.Examples {
			if first, end := set.Windows(i); end-first > 1 {
				long, windows = long+1, windows+end-first
			}
		}
		if long > 0 {
			parts = append(parts, fmt.Sprintf("%d of %d contexts are longer than %d tokens and are read in %d windows", long, len(set.Examples), length, windows))
		}
		if set.Truncated > 0 {
			parts = append(parts, fmt.Sprintf("%d questions leave no room for a context and were cut", set.Truncated))
		}
	} else if set.Truncated > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d texts are longer than %d tokens and were cut", set.Truncated, len(set.Examples), length))
	}
	return strings.Join(parts, "; ")
}
