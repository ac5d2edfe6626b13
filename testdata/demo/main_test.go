package main

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestTextsAreWhatTheProgramWrites holds the committed texts to their generator.
func TestTextsAreWhatTheProgramWrites(t *testing.T) {
	for name, want := range files() {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s differs from what this program writes (hint: go run ./testdata/demo -out testdata/demo)", name)
		}
	}
}

// TestTheRightSideDecides: with a verb that tells nothing, whether "it", "her" or "him" stands in a sentence is told by its last
// word alone; and what an animal did, where the pronoun tells nothing, by the same word.
func TestTheRightSideDecides(t *testing.T) {
	sentence := regexp.MustCompile(`(?m)^The (\w+) (\w+) on (\w+) because (\w+) was a (\w+) (\w+)\.$`)
	pronouns, objects, verbs := map[string]map[string]int{}, map[string]map[string]int{}, map[string]map[string]int{}
	count := func(m map[string]map[string]int, key, value string) {
		if m[key] == nil {
			m[key] = map[string]int{}
		}
		m[key][value]++
	}
	for _, found := range sentence.FindAllStringSubmatch(files()["stories.txt"], -1) {
		verb, object, good, thing := found[2], found[3], found[5], found[6]
		count(objects, thing, object)
		if slices.Contains(whatever, verb) && slices.Contains(anything, good) {
			count(pronouns, verb, object)
		}
		if object == "it" && slices.Contains(anything, good) && !slices.Contains(whatever, verb) {
			count(verbs, thing, verb)
		}
	}
	for _, verb := range whatever {
		if len(pronouns[verb]) != 3 {
			t.Errorf("on whom or what an animal %s is always %v", verb, pronouns[verb])
		}
	}
	for thing, found := range objects {
		if len(found) != 1 {
			t.Errorf("%q is spoken of as %v", thing, found)
		}
	}
	for _, k := range kinds {
		for _, thing := range k.things {
			for verb := range verbs[thing] {
				if !slices.Contains(k.verbs, verb) {
					t.Errorf("an animal %s on a %s", verb, thing)
				}
			}
			if k.object == "it" && len(verbs[thing]) != len(k.verbs) {
				t.Errorf("on a %s: %v", thing, verbs[thing])
			}
		}
	}
}
