package dataset

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"gobert/data/labelled"
	"gobert/internal/fault"
)

// compare says where the label sets of train and the other parts differ.
func (d *Dataset) compare() {
	if d.Train == nil || d.Labels == nil || d.Labels.Problem == labelled.Regression || d.Kind == labelled.Choice {
		return
	}
	train := labelled.FindLabels(d.Train.Examples, d.Labels.Problem)
	for _, p := range d.parts()[1:] {
		if !p.Examples[0].Labelled {
			continue
		}
		other := labelled.FindLabels(p.Examples, d.Labels.Problem)
		if text := labelled.Difference(train, other, "train", p.Name); text != "" {
			d.warn("the labels of train and %s differ: %s", p.Name, text)
		}
	}
}

// oddLabels warns of labels that look like a mistake: two of them that differ in case, blanks or Unicode's form alone, and so many that
// occur once that they may be names of the rows.
func (d *Dataset) oddLabels(s *Source) {
	if d.Labels == nil || d.Labels.Problem == labelled.Regression || d.Kind == labelled.Choice || len(s.Labels) > 0 {
		return
	}
	folded := map[string][]string{}
	for _, name := range d.Labels.Names {
		plain := norm.NFC.String(strings.ToLower(strings.Join(strings.Fields(name), " ")))
		shown := fmt.Sprintf("%q", name)
		if !norm.NFC.IsNormalString(name) { // in the other form it looks the same
			shown = fmt.Sprintf("%+q", name)
		}
		folded[plain] = append(folded[plain], shown)
	}
	var alike []string
	for _, names := range folded {
		if len(names) > 1 {
			alike = append(alike, strings.Join(names, " and "))
		}
	}
	slices.Sort(alike)
	if len(alike) > 0 {
		d.warn("labels that differ in case, blanks or Unicode's form alone: %s: each is learnt as one of its own", strings.Join(alike[:min(len(alike), 5)], "; "))
	}
	counts := map[string]int{}
	examples := d.first().Examples
	for i := range examples {
		for _, name := range examples[i].Labels {
			counts[name]++
		}
	}
	once := 0
	for _, n := range counts {
		if n == 1 {
			once++
		}
	}
	if once > manyOnce && 2*once > len(counts) {
		say(&d.Warnings, fault.New("%s: %d labels in %d examples, %d of them once: a model learns nothing of what it sees once",
			d.first().Path, len(counts), len(examples), once).Advise("is {label-column} right?"))
	}
}

// manyOnce is how many labels may occur once before that looks like a mistake.
const manyOnce = 10

// split makes a dev part where there is none.
func (d *Dataset) split(s *Source) {
	share := s.DevShare
	if share == 0 {
		share = defaultDevShare
	}
	if d.Train == nil || len(d.Dev) > 0 || share < 0 {
		return
	}
	train, dev := labelled.SplitDev(d.Train.Examples, share, s.Seed)
	if len(dev) == 0 {
		d.warn("%s: too few examples to split some off for evaluation", d.Train.Path)
		return
	}
	d.Train.Examples = train
	d.Dev = []Part{{Name: "dev", Path: d.Train.Path, Examples: dev}}
	d.note("no dev data: %d of %d examples of %s split off, by label, with seed %d", len(dev), len(dev)+len(train), d.Train.Path, s.Seed)
}

// duplicates counts the dev examples that train has too.
func (d *Dataset) duplicates() {
	if d.Train == nil {
		return
	}
	for i := range d.Dev {
		p := &d.Dev[i]
		found := labelled.Duplicates(d.Train.Examples, p.Examples)
		if len(found) == 0 {
			continue
		}
		other := 0
		for _, f := range found {
			if !f.SameLabels {
				other++
			}
		}
		d.Duplicates = append(d.Duplicates, found...)
		p.Seen = len(found)
		d.warn("%d of %d examples of %s are in train too (%d with another label), the first: %s is %s", len(found), len(p.Examples),
			p.Name, other, found[0].Dev, found[0].Train)
	}
}

// sayLabels says what the labels are.
func (d *Dataset) sayLabels(g *GLUETask) {
	how := ""
	if g == nil {
		how = ", found from the data"
	}
	switch {
	case d.Labels.Problem == labelled.Regression:
		d.note("regression: the target is a number%s", how)
	case d.Kind == labelled.Tag:
		d.note("%d tags, scheme %s: %s", d.Labels.Len(), d.Scheme, d.Labels.List())
	default:
		d.note("%d labels, %s%s: %s", d.Labels.Len(), d.Labels.Problem, how, d.Labels.List())
	}
}
