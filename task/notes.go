package task

import (
	"fmt"
	"strings"

	"gobert/data/labelled/features"
)

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
	return fmt.Sprintf("%.0f %% of the tokens are [UNK]: the tokenizer does not know these texts; is it the model's own, and for their language?", 100*share)
}

// Longer says what was done with texts that are longer than what is read at once, with their count; empty where there are
// none.
func (m *Model) Longer(set *features.Set, length int) string {
	var parts []string
	if m.Kind == Span {
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
