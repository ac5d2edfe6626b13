package task

import (
	"strings"
	"testing"
)

func TestMistakesInTagsAreEntitiesWhereThereAreAny(t *testing.T) {
	words := strings.Fields("Tom saw Mad ##ison Square in May")
	each := []int{0, 1, 2, 3, 4, 5, 6}
	for _, test := range []struct {
		name      string
		of        []int
		want, got string
		entities  bool
		mistake   Mistake // Label, Predicted and Confidence
	}{
		{"right", each, "B-P O O O O O O", "B-P O O O O O O", true, Mistake{}},
		{"an end", each, "B-P O B-L I-L I-L O O", "B-P O B-L I-L O O O", true, Mistake{Label: `L "Mad ##ison Square"`, Predicted: `L "Mad ##ison"`, Confidence: 1}},
		{"missed", each, "B-P O O O O O O", "O O O O O O O", true, Mistake{Label: `P "Tom"`, Predicted: "nothing", Confidence: 1}},
		{"too much", each, "O O O O O O O", "B-P O O O O O B-T", true, Mistake{Label: "nothing", Predicted: `P "Tom", T "May"`, Confidence: 2}},
		{"no difference", each, "I-P O O O O O O", "B-P O O O O O O", true, Mistake{Label: "Tom/I-P", Predicted: "Tom/B-P", Confidence: 1}},
		{"parts of speech", each, "N V N N N P N", "N N N N N P V", false, Mistake{Label: "saw/V May/N", Predicted: "saw/N May/V", Confidence: 2}},
		{"every piece", []int{0, 2, 2, 4}, "O B-L I-L I-L", "B-P O O O", true, Mistake{Label: `L "Mad Square"`, Predicted: `P "Tom"`, Confidence: 4}},
		{"cut short", each, "O O", "O B-L", true, Mistake{Label: "nothing", Predicted: `L "saw"`, Confidence: 1}},
	} {
		var m Mistake
		wrong := tagMistake(words, test.of, strings.Fields(test.want), strings.Fields(test.got), test.entities, &m)
		if want := test.mistake; wrong != (want.Confidence > 0) || m.Label != want.Label || m.Predicted != want.Predicted || m.Confidence != want.Confidence {
			t.Errorf("%s: %v, want %v", test.name, m, want)
		}
	}
}
