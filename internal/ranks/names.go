package ranks

import (
	"fmt"
	"strings"
)

// shown is how many ranks a message names.
const shown = 8

// Names writes "rank 3", "ranks 1 and 3" or "ranks 1, 2, ... (9 in all)".
func Names(ranks []int) string {
	if len(ranks) == 1 {
		return fmt.Sprintf("rank %d", ranks[0])
	}
	var words []string
	for _, rank := range ranks[:min(len(ranks), shown)] {
		words = append(words, fmt.Sprint(rank))
	}
	if len(ranks) > shown {
		return fmt.Sprintf("ranks %s, ... (%d in all)", strings.Join(words, ", "), len(ranks))
	}
	last := len(words) - 1
	return fmt.Sprintf("ranks %s and %s", strings.Join(words[:last], ", "), words[last])
}
