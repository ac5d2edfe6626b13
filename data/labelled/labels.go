package labelled

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Problem is what a classifier's labels are, in the words of config.json.
type Problem string

// The problem types of transformers' sequence classification.
const (
	Single     Problem = "single_label_classification"
	Multi      Problem = "multi_label_classification"
	Regression Problem = "regression"
)

// Labels is an ordered set of label names: the model's id2label.
type Labels struct {
	Problem Problem
	Names   []string // one for regression, of any name
	ids     map[string]int
}

// NewLabels makes a set in the order given.
func NewLabels(problem Problem, names []string) *Labels {
	l := &Labels{Problem: problem, Names: names, ids: make(map[string]int, len(names))}
	for i, name := range names {
		if _, ok := l.ids[name]; !ok {
			l.ids[name] = i
		}
	}
	return l
}

// Len returns the number of outputs a model needs.
func (l *Labels) Len() int { return len(l.Names) }

// ID returns a label's index.
func (l *Labels) ID(name string) (int, bool) {
	i, ok := l.ids[name]
	return i, ok
}

// Class returns the index of a row's only label, or a [Fault] that names the label.
func (l *Labels) Class(at Origin, name string) (int, error) {
	if i, ok := l.ids[name]; ok {
		return i, nil
	}
	return 0, Fault(at, "label %q is not one of the %d known: %s", name, len(l.Names), l.List()).
		Advise("a label that training has not seen cannot be learnt or counted; correct it, or leave such rows out with {on-error} skip")
}

// List names the labels for a message, the first twenty at most.
func (l *Labels) List() string { return list(l.Names, 20) }

func list(names []string, most int) string {
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// largestTarget is the greatest target of a regression: the loss squares it in float32, whose largest number is 3.4e38, and sums a
// batch.
const largestTarget = 1e18

// Number reads the target of a regression, which float32 must be able to learn.
func Number(at Origin, text string) (float64, error) {
	x, ok := number(text)
	if !ok {
		return 0, Fault(at, "the target is %q, expected a number, since this is a regression", text).
			Advise("classes have names or whole numbers throughout")
	}
	if math.Abs(x) > largestTarget {
		return 0, Fault(at, "the target is %s, expected at most %g either way: its square, which the loss takes, is more than float32 holds",
			text, largestTarget).Advise("scale the targets")
	}
	return x, nil
}

func number(text string) (x float64, ok bool) {
	x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// FindLabels collects the labels of classification examples or the tags of tagging ones, sorted: whole numbers by value,
// others by code point. problem may be empty: see [InferProblem].
func FindLabels(examples []Example, problem Problem) *Labels {
	if problem == "" {
		problem = InferProblem(examples)
	}
	if problem == Regression {
		return NewLabels(Regression, []string{"LABEL_0"})
	}
	seen := map[string]bool{}
	for i := range examples {
		for _, name := range examples[i].Labels {
			seen[name] = true
		}
		for _, name := range examples[i].Tags {
			seen[name] = true
		}
	}
	names := slices.AppendSeq(make([]string, 0, len(seen)), maps.Keys(seen))
	SortLabels(names)
	return NewLabels(problem, names)
}

// SortLabels sorts names in place: by value if all are whole numbers, else by code point.
func SortLabels(names []string) {
	whole := true
	for _, name := range names {
		if _, err := strconv.Atoi(name); err != nil {
			whole = false
			break
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if whole {
			x, _ := strconv.Atoi(a)
			y, _ := strconv.Atoi(b)
			if c := cmp.Compare(x, y); c != 0 {
				return c
			}
		}
		return cmp.Compare(a, b)
	})
}

// InferProblem looks at the labels. A row with none or several makes it a multi-label problem; numbers throughout, one of
// them written with a decimal point or an exponent, make it a regression; everything else has a single label.
func InferProblem(examples []Example) Problem {
	numbers, fraction, labelled := true, false, false
	for i := range examples {
		e := &examples[i]
		if !e.Labelled {
			continue
		}
		if len(e.Labels) != 1 && len(e.Tags) == 0 {
			return Multi
		}
		for _, name := range e.Labels {
			labelled = true
			if _, err := strconv.ParseFloat(name, 64); err != nil || !strings.ContainsAny(name, "0123456789") {
				numbers = false
			} else if strings.ContainsAny(name, ".eE") {
				fraction = true
			}
		}
	}
	if labelled && numbers && fraction {
		return Regression
	}
	return Single
}

// NotNumber gives a test for labels of which more than half are numbers with a decimal point, and some are no numbers: it
// looks like a regression with a faulty row here and there, not like classes. So do numbers throughout of which some are NaN,
// infinite or too large: those are what a program wrote that lacked one. Where it does not look so, it is nil.
func NotNumber(examples []Example) func(e *Example) error {
	numbers, fractions, labelled, missing := 0, 0, 0, 0
	for i := range examples {
		if e := &examples[i]; e.Labelled && len(e.Labels) == 1 {
			labelled++
			x, ok := number(e.Label())
			if _, err := strconv.ParseFloat(e.Label(), 64); !ok && !errors.Is(err, strconv.ErrSyntax) {
				missing++
			}
			if ok && math.Abs(x) <= largestTarget {
				numbers++
				if strings.Contains(e.Label(), ".") {
					fractions++
				}
			}
		}
	}
	if numbers == labelled || 2*fractions <= labelled && (numbers == 0 || numbers+missing < labelled) {
		return nil
	}
	return func(e *Example) error {
		if _, err := Number(e.Origin, e.Label()); err == nil {
			return nil
		}
		return Fault(e.Origin, "the label is %q, expected a number, since %d of %d labels are", e.Label(), numbers, labelled).
			Advise("{problem} single takes each label for a class; {on-error} skip leaves such rows out")
	}
}

// Difference names the labels that only one of two sets has; empty where both have the same.
func Difference(a, b *Labels, nameA, nameB string) string {
	only := func(x, y *Labels) (names []string) {
		for _, name := range x.Names {
			if _, ok := y.ID(name); !ok {
				names = append(names, name)
			}
		}
		return names
	}
	var parts []string
	if names := only(a, b); len(names) > 0 {
		parts = append(parts, fmt.Sprintf("only in %s: %s", nameA, list(names, 20)))
	}
	if names := only(b, a); len(names) > 0 {
		parts = append(parts, fmt.Sprintf("only in %s: %s", nameB, list(names, 20)))
	}
	return strings.Join(parts, "; ")
}
