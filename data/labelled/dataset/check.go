package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/internal/fault"
)

// check finds the labels, holds every part to them, splits and counts duplicates.
func (d *Dataset) check(s *Source, g *GLUETask) error {
	if err := d.labelled(s); err != nil {
		return err
	}
	switch d.Kind {
	case labelled.Classify:
		if test := labelled.NotNumber(d.first().Examples); test != nil && s.Problem == "" && len(s.Labels) == 0 {
			if err := d.filter(s, d.first(), test); err != nil {
				return err
			}
		}
		d.Labels = d.classes(s, g)
		if d.Labels.Problem == labelled.Single && d.Labels.Len() == 1 {
			return fault.New("dataset: reading %s: every example has the label %q, expected at least two labels", d.first().Path, d.Labels.Names[0]).
				Advise("is {label-column} right?")
		}
	case labelled.Tag:
		if err := d.tags(s); err != nil {
			return err
		}
	case labelled.Choice:
		if err := d.choices(s); err != nil {
			return err
		}
	case labelled.Span:
		if err := d.identifiers(); err != nil {
			return err
		}
	}
	for _, p := range d.parts() {
		if err := d.hold(s, p); err != nil {
			return err
		}
	}
	d.compare()
	d.oddLabels(s)
	d.split(s)
	d.duplicates()
	if d.Labels != nil && d.Kind != labelled.Choice {
		d.sayLabels(g)
	}
	return nil
}

// parts lists every part, train first.
func (d *Dataset) parts() []*Part {
	var all []*Part
	if d.Train != nil {
		all = append(all, d.Train)
	}
	for i := range d.Dev {
		all = append(all, &d.Dev[i])
	}
	for i := range d.Test {
		all = append(all, &d.Test[i])
	}
	return all
}

// first is the part that labels are found from.
func (d *Dataset) first() *Part { return d.parts()[0] }

// filter keeps the examples of a part that pass; others end it, or are skipped.
func (d *Dataset) filter(s *Source, p *Part, test func(e *labelled.Example) error) error {
	kept := p.Examples[:0]
	skipped := 0
	for i := range p.Examples {
		err := test(&p.Examples[i])
		switch {
		case err == nil:
			kept = append(kept, p.Examples[i])
		case s.OnError == labelled.Skip:
			d.Skipped.Add(err)
			skipped++
		default:
			return withHint(err)
		}
	}
	p.Examples = kept
	if skipped > 0 {
		d.note("%s: %d examples skipped", p.Path, skipped)
	}
	if len(kept) == 0 {
		return fmt.Errorf("dataset: reading %s: there is no example in it that can be used", p.Path)
	}
	return nil
}

// labelled demands labels in train and dev; a test part has all or none.
func (d *Dataset) labelled(s *Source) error {
	for _, p := range d.parts() {
		if strings.HasPrefix(p.Name, "test") && !slices.ContainsFunc(p.Examples, func(e labelled.Example) bool { return e.Labelled }) {
			d.note("%s: no labels: it can be predicted, not evaluated", p.Path)
			continue
		}
		err := d.filter(s, p, func(e *labelled.Example) error {
			if e.Labelled {
				return nil
			}
			return labelled.Fault(e.Origin, "the example has no label, expected one in %s data", p.Name).
				Advise("is the label column right? {on-error} skip leaves such rows out")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// classes finds the labels of a classifier: fixed ones, GLUE's, those of a labels.txt, or train's.
func (d *Dataset) classes(s *Source, g *GLUETask) *labelled.Labels {
	problem := s.Problem
	if problem == "" && len(s.Table.Columns.Labels)+len(s.Table.LabelSeparator) > 0 {
		problem = labelled.Multi
	}
	switch {
	case g != nil && len(s.Labels) == 0:
		return labelled.NewLabels(g.Problem, g.Labels)
	case len(s.Labels) > 0:
		if problem == "" {
			problem = labelled.Single
			if g != nil {
				problem = g.Problem
			}
		}
		return labelled.NewLabels(problem, s.Labels)
	}
	found := labelled.FindLabels(d.first().Examples, problem)
	if problem == labelled.Multi && len(s.Table.Columns.Labels) > 0 {
		return labelled.NewLabels(problem, s.Table.Columns.Labels)
	}
	return d.listed(found)
}

// listed takes the order of a labels.txt beside the data, if there is one and it has every label.
func (d *Dataset) listed(found *labelled.Labels) *labelled.Labels {
	path := filepath.Join(filepath.Dir(d.first().Path), "labels.txt")
	raw, err := os.ReadFile(path)
	if err != nil || found.Problem == labelled.Regression {
		return found
	}
	names := strings.Fields(string(raw))
	list := labelled.NewLabels(found.Problem, names)
	for _, name := range found.Names {
		if _, ok := list.ID(name); !ok {
			d.warn("%s: it lacks the label %q and is not used", path, name)
			return found
		}
	}
	d.note("%s: labels in the order of this file", path)
	return list
}

// tags settles the scheme and the labels of tagging.
func (d *Dataset) tags(s *Source) error {
	var all [][]string
	for _, e := range d.first().Examples {
		all = append(all, e.Tags)
	}
	from := conll.Detect(all)
	d.Scheme = from
	for _, p := range d.parts() {
		bad := conll.Transitions(p.Examples, from)
		if len(bad) > 0 {
			d.warn("%s: tags that may not stand where they do in %s: %d, the first: %s", p.Path, from, len(bad), bad[0])
		}
	}
	to := s.Scheme
	if to == "" && from == conll.IOB1 {
		to = conll.IOB2
	}
	if to != "" && to != from {
		for _, p := range d.parts() {
			for i := range p.Examples {
				if !p.Examples[i].Labelled {
					continue
				}
				tags, err := conll.Convert(p.Examples[i].Tags, from, to)
				if err != nil {
					return err
				}
				p.Examples[i].Tags = tags
			}
		}
		d.note("tags turned from %s into %s", from, to)
		d.Scheme = to
	}
	d.Labels = labelled.NewLabels(labelled.Single, s.Labels)
	if len(s.Labels) == 0 {
		d.Labels = labelled.FindLabels(d.first().Examples, labelled.Single)
		if d.Scheme == from {
			d.Labels = d.listed(d.Labels)
		}
	}
	return nil
}

// choices demands as many choices of every example as the first one has.
func (d *Dataset) choices(s *Source) error {
	d.Choices = len(d.first().Examples[0].Choices)
	var names []string
	for i := range d.Choices {
		names = append(names, strconv.Itoa(i))
	}
	d.Labels = labelled.NewLabels(labelled.Single, names)
	for _, p := range d.parts() {
		err := d.filter(s, p, func(e *labelled.Example) error {
			if len(e.Choices) == d.Choices {
				return nil
			}
			return labelled.Fault(e.Origin, "the example has %d choices, expected %d as the first one", len(e.Choices), d.Choices)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// identifiers must be different: predictions are named by them.
func (d *Dataset) identifiers() error {
	for _, p := range d.parts() {
		seen := map[string]labelled.Origin{}
		for i := range p.Examples {
			e := &p.Examples[i]
			if before, ok := seen[e.ID]; ok && e.ID != "" {
				return labelled.Fault(e.Origin, "the question's id %q was that of %s already, expected different ones", e.ID, before)
			}
			seen[e.ID] = e.Origin
			d.V2 = d.V2 || e.Impossible
		}
	}
	return nil
}

// hold checks every label of a part.
func (d *Dataset) hold(s *Source, p *Part) error {
	if d.Kind != labelled.Classify && d.Kind != labelled.Tag {
		return nil
	}
	return d.filter(s, p, func(e *labelled.Example) error {
		switch {
		case !e.Labelled:
			return nil
		case d.Labels.Problem == labelled.Regression:
			_, err := labelled.Number(e.Origin, e.Label())
			return err
		case d.Labels.Problem == labelled.Single && d.Kind == labelled.Classify && len(e.Labels) != 1:
			return labelled.Fault(e.Origin, "the row has %d labels, expected one", len(e.Labels))
		}
		for _, names := range [][]string{e.Labels, e.Tags} {
			for _, name := range names {
				if _, err := d.Labels.Class(e.Origin, name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
