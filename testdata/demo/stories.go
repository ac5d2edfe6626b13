package main

import (
	"fmt"
	"slices"
	"strings"
)

// story is a document: six to ten sentences about one place, two people and one mood.
func (w writer) story() []string {
	p := places[w.IntN(len(places))]
	m := moods[w.IntN(len(moods))]
	first, second := w.two(names)
	job, other := w.two(p.people)
	s := scene{writer: w, place: p, mood: m, words: slices.Concat(m.plain, m.rare), first: first, second: second, job: job, other: other}
	sentences := []string{s.opening()}
	for range 5 + w.IntN(5) {
		sentences = append(sentences, s.sentence())
	}
	return sentences
}

// scene is what the sentences of one story share.
type scene struct {
	writer
	place         place
	mood          mood
	words         []string // that tell the mood
	first, second string
	job, other    string
}

func (s scene) opening() string {
	return fmt.Sprintf("On a %s %s %s the %s came to the %s of the %s.",
		s.pick(weathers), s.pick(times), s.first, s.job, s.pick(s.place.spots), s.place.name)
}

func (s scene) sentence() string {
	p, m := s.place, s.mood
	who, role := s.first, s.job
	if s.IntN(2) == 0 {
		who, role = s.second, s.other
	}
	a, b := s.two(p.things)
	forms := []func() string{
		func() string {
			return fmt.Sprintf("%s %s the %s near the %s.", who, s.pick(p.verbs), a, s.pick(p.spots))
		},
		func() string {
			return fmt.Sprintf("The %s %s the %s and looked for the %s.", role, s.pick(p.verbs), a, b)
		},
		func() string {
			return fmt.Sprintf("From the %s one could hear the %s.", s.pick(p.spots), s.pick(p.sounds))
		},
		func() string {
			return fmt.Sprintf("The %s was %s because %s.", role, s.pick(s.words), s.pick(m.reasons))
		},
		func() string { return fmt.Sprintf("The %s %s, for %s.", role, s.pick(m.acts), s.pick(m.reasons)) },
		func() string { return fmt.Sprintf("The %s felt %s, for %s.", role, s.pick(s.words), s.pick(m.reasons)) },
		func() string {
			return fmt.Sprintf("%s the %s %s and was %s.", who, role, s.pick(m.acts), s.pick(s.words))
		},
		func() string { return fmt.Sprintf("There was no %s in the %s, only the %s.", a, s.pick(p.spots), b) },
		func() string {
			return fmt.Sprintf("The %s and the %s %s the %s together.", s.job, s.other, s.pick(p.verbs), a)
		},
	}
	return forms[s.IntN(len(forms))]()
}

// notes are visitors' notes with their moods: a header, then a text and its label a line, the form of GLUE's SST-2. Notes to
// be judged use the rare words, labelled ones only the plain words. No note comes twice, in one file or in two.
func (w writer) notes(n int, rare bool, before map[string]bool) string {
	var out strings.Builder
	out.WriteString("sentence\tlabel\n")
	for i := 0; i < n; {
		m := moods[i%len(moods)]
		p := places[w.IntN(len(places))]
		words := m.plain
		if rare && w.IntN(2) == 0 {
			words = m.rare
		}
		spot, name, thing := w.pick(p.spots), w.pick(names), w.pick(p.things)
		forms := []string{
			fmt.Sprintf("%s stood by the %s with the %s and felt %s.", name, spot, thing, w.pick(words)),
			fmt.Sprintf("Near the %s we met the %s, who was %s.", spot, w.pick(p.people), w.pick(words)),
			fmt.Sprintf("Everybody at the %s seemed %s about the %s.", p.name, w.pick(words), thing),
			fmt.Sprintf("The %s %s waited near the %s, %s thought.", w.pick(words), w.pick(p.people), spot, name),
		}
		if note := forms[w.IntN(len(forms))]; !before[note] {
			before[note] = true
			fmt.Fprintf(&out, "%s\t%s\n", note, m.name)
			i++
		}
	}
	return out.String()
}
