package conll

import (
	"fmt"
	"strings"
)

// The columns of CoNLL-2012, counted from 0, which OntoNotes comes in: the document, its part, the number of the word, the word,
// and further on the named entities. How many columns follow depends on the sentence's predicates.
const (
	ontoNumber   = 2
	ontoWord     = 3
	ontoEntities = 10
	ontoColumns  = 12
)

// ontoNotes reports whether the lines look so.
func (e *evidence) ontoNotes() bool {
	if e.columns < ontoColumns {
		return false
	}
	for _, cells := range e.rows {
		if !isBrackets(cells[ontoEntities]) || !isWhole(cells[1]) {
			return false
		}
	}
	yes, _ := e.counts(ontoNumber)
	return yes
}

// ontoNotes is the layout of such a file.
func (l *layout) ontoNotes(e *evidence, o Options) (*layout, error) {
	l.columns, l.counter = 0, ontoNumber
	if o.Word == 0 {
		l.word = ontoWord
	}
	if o.Tag == 0 {
		l.tag = ontoEntities
	}
	for _, cells := range e.rows {
		l.brackets = l.brackets || strings.ContainsAny(cells[max(l.tag, 0)], "(*)")
	}
	l.describe(e, "as in CoNLL-2012")
	return l, nil
}

// isBrackets reports whether a cell is a place in bracketed entities: *, (PERSON*, *), (GPE).
func isBrackets(cell string) bool {
	return strings.Trim(cell, "*") == "" || strings.HasPrefix(cell, "(") || strings.HasSuffix(cell, ")")
}

// span follows bracketed entities over the words of a sentence.
type span struct {
	open string // the type of the entity that is open
}

// tag gives the IOB2 tag of a word.
func (s *span) tag(cell string) (string, error) {
	tag := "O"
	switch begins := strings.Count(cell, "("); {
	case begins > 1 || begins == 1 && s.open != "":
		return "", fmt.Errorf("%q opens an entity inside of another, expected one at a time", cell)
	case begins == 1:
		s.open = strings.Trim(cell, "()*")
		tag = "B-" + s.open
	case s.open != "":
		tag = "I-" + s.open
	case strings.Contains(cell, ")"):
		return "", fmt.Errorf("%q closes an entity that nothing opened", cell)
	}
	if strings.Contains(cell, ")") {
		s.open = ""
	}
	return tag, nil
}
