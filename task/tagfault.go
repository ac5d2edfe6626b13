package task

import (
	"fmt"
	"slices"
	"strings"

	"gobert/data/labelled/conll"
	"gobert/internal/metrics"
)

// tagFault compares the tags of a sentence; of tells the word of each. It shows entities that only one side has, or, where the
// tags are none of entities, or differ without a difference, words with their tags.
func tagFault(words []string, of []int, want, got []string, entities bool) (f Fault, wrong bool) {
	f.Input, f.sense = strings.Join(words, " "), "words wrong:"
	var right, wrongly []string
	for i, tag := range want {
		if tag != got[i] {
			right, wrongly = append(right, words[of[i]]+"/"+tag), append(wrongly, words[of[i]]+"/"+got[i])
		}
	}
	f.Want, f.Got, f.Sure = strings.Join(right, " "), strings.Join(wrongly, " "), float64(len(right))
	if entities {
		truth, found := metrics.Chunks(want), metrics.Chunks(got)
		if missed, extra := without(truth, found), without(found, truth); len(missed)+len(extra) > 0 {
			f.Want, f.Got = spell(words, of, missed), spell(words, of, extra)
		}
	}
	return f, len(right) > 0
}

// without gives the entities that the others lack.
func without(list, others []conll.Chunk) []conll.Chunk {
	return slices.DeleteFunc(slices.Clone(list), func(c conll.Chunk) bool { return slices.Contains(others, c) })
}

// spell writes entities with their words.
func spell(words []string, of []int, list []conll.Chunk) string {
	if len(list) == 0 {
		return "nothing"
	}
	texts := make([]string, 0, len(list))
	for _, c := range list {
		var text []string
		for _, word := range slices.Compact(slices.Clone(of[c.Start:c.End])) {
			text = append(text, words[word])
		}
		texts = append(texts, fmt.Sprintf("%s %q", c.Type, strings.Join(text, " ")))
	}
	return strings.Join(texts, ", ")
}
