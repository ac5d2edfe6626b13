package conll

import (
	"fmt"

	"gobert/data/labelled"
)

// Transition is a tag that may not stand where it does.
type Transition struct {
	Origin labelled.Origin // of the sentence
	Word   int             // place in the sentence, counted from 0
	Before string          // "" at the beginning
	Tag    string          // "" at the end
}

// String says what is wrong.
func (t Transition) String() string {
	before, tag := t.Before, t.Tag
	if before == "" {
		before = "the beginning"
	}
	if tag == "" {
		tag = "the end"
	}
	return fmt.Sprintf("%s: word %d: %s may not follow %s", t.Origin, t.Word+1, tag, before)
}

// Transitions lists the invalid transitions of tagged examples.
func Transitions(examples []labelled.Example, s Scheme) []Transition {
	var all []Transition
	for i := range examples {
		e := &examples[i]
		for _, k := range Invalid(e.Tags, s) {
			t := Transition{Origin: e.Origin, Word: k}
			if k > 0 {
				t.Before = e.Tags[k-1]
			}
			if k < len(e.Tags) {
				t.Tag = e.Tags[k]
			}
			all = append(all, t)
		}
	}
	return all
}
