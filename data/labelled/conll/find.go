package conll

import (
	"fmt"
	"slices"
	"strings"

	"gobert/data/labelled"
)

// find tells which column is what, from the beginning of a file and what was asked for.
func find(e *evidence, o Options) (*layout, error) {
	for _, asked := range []int{o.Word, o.Tag} {
		if asked < -1 {
			return nil, e.fail("column %d was asked for", asked).Advise("columns are counted from 1; -1 is the last")
		}
	}
	l := &layout{separator: e.separator, columns: e.columns, word: place(o.Word, e.columns), tag: place(o.Tag, e.columns), counter: -1, untagged: o.NoTags}
	if len(e.rows) == 0 {
		l.word, l.tag = max(l.word, 0), max(l.tag, 0)
		return l, nil // Nothing but comments and marks: there will be no sentence.
	}
	if len(e.rows[0]) < 2 && !o.NoTags {
		return nil, e.fail("the line %q has one column, expected a word and its tag", shorten(e.first)).Advise("name the separator with {separator}")
	}
	if e.ontoNotes() {
		return l.ontoNotes(e, o)
	}
	for _, asked := range []int{o.Word, o.Tag} {
		if asked > e.columns {
			return nil, e.fail("the line has %d columns, but column %d was asked for", e.columns, asked).Advise("columns are counted from 1")
		}
	}
	if err := l.numbers(e, o); err != nil {
		return nil, err
	}
	why, err := l.tags(e, o)
	if err != nil {
		return nil, err
	}
	l.words(e, o)
	if l.tag >= 0 {
		l.expect(e)
	}
	l.describe(e, why)
	return l, nil
}

// place turns a column counted from 1 into one counted from 0; 0, which asks for nothing, is -1, and -1 is the last.
func place(asked, columns int) int {
	if asked == -1 {
		return columns - 1
	}
	return asked - 1
}

// numbers looks for a first column that counts words, as in CoNLL-U, GermEval, and Babelscape's files.
func (l *layout) numbers(e *evidence, o Options) error {
	others := 2 // a word and its tag
	if o.NoTags {
		others = 1
	}
	if e.columns <= others || l.word == 0 || l.tag == 0 {
		return nil
	}
	yes, sure := e.counts(0)
	if yes && !sure && o.Word == 0 {
		return e.fail("cannot tell whether column 1 of %q numbers the words or holds them: there is one line only", shorten(e.first)).
			Advise("{words-column} 1 or {words-column} 2")
	}
	if yes {
		l.counter = 0
	}
	return nil
}

// tags chooses the tags' column, and says why where that is not plain to see.
func (l *layout) tags(e *evidence, o Options) (why string, err error) {
	var free, found []int
	types := map[int]map[string]bool{}
	for c := range e.columns {
		if c == l.counter || c == l.word {
			continue
		}
		free = append(free, c)
		if kinds, ok := e.prefixed(c); ok {
			found, types[c] = append(found, c), kinds
		}
	}
	last := len(found) - 1
	switch {
	case o.Tag != 0 || len(free) == 0, o.NoTags && len(free) == 1 && l.word < 0:
	case len(free) == 2 && len(found) == 1 && len(types[free[0]]) > 0:
		l.tag = free[0] // The tags stand before the words.
	case len(free) <= 2:
		l.tag = free[len(free)-1]
	case len(found) == 1:
		l.tag = found[0]
	case len(found) == 2 && l.counter >= 0 && e.columns == 4 && (len(types[3]) == 0 || meet(types[2], types[3])):
		l.tag = 2
		return "as in GermEval, column 4 holds the entities inside of others ({tags-column} 4 reads them)", nil
	case len(found) > 1 && meet(types[found[last-1]], types[found[last]]) && !o.NoTags:
		a, b := found[last-1]+1, found[last]+1
		return "", e.fail("columns %d and %d both hold tags of %s, cannot tell which are meant",
			a, b, strings.Join(common(types[found[last-1]], types[found[last]]), ", ")).Advise("{tags-column} %d or {tags-column} %d", a, b)
	case len(found) > 1:
		l.tag = found[last]
		return fmt.Sprintf("column %d holds tags, too ({tags-column} %d reads them)", found[last-1]+1, found[last-1]+1), nil
	case l.counter == 0 && e.columns == 10 && e.universal(3):
		l.tag = 3
		return "as in CoNLL-U, those are the universal parts of speech ({tags-column} 5 reads the language's own)", nil
	case e.labels(free[len(free)-1]):
		l.tag = free[len(free)-1]
	case !o.NoTags:
		return "", e.fail("cannot tell which of the %d columns holds the tags; the line is %q", e.columns, shorten(e.first)).
			Advise("{tags-column} N, counted from 1, and {words-column} N")
	}
	return "", nil
}

// words chooses the words' column: the first that is left and tells rows apart.
func (l *layout) words(e *evidence, o Options) {
	if o.Word != 0 {
		return
	}
	var free []int
	for c := range e.columns {
		_, tags := e.prefixed(c)
		if c != l.counter && c != l.tag && (!tags || e.columns <= 2) {
			free = append(free, c)
		}
	}
	if len(free) == 0 {
		free = []int{l.counter + 1}
	}
	if l.word = free[0]; len(free) > 1 {
		if k := slices.IndexFunc(free, e.varies); k >= 0 {
			l.word = free[k]
		}
	}
}

// expect notes what the tags look like, to hold the rest of the file to it.
func (l *layout) expect(e *evidence) {
	_, l.prefixed = e.prefixed(l.tag)
	l.plain = map[string]bool{}
	for tag := range e.values(l.tag) {
		l.plain[tag] = true
	}
}

// labels reports whether a column holds labels without prefixes: O, and a few others.
func (e *evidence) labels(column int) bool {
	values := e.values(column)
	return values["O"] > 0 && len(values) <= 50 && 4*len(values) <= len(e.rows)+8
}

// universal reports whether a column holds the parts of speech of Universal Dependencies alone.
func (e *evidence) universal(column int) bool {
	known := strings.Fields("_ ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X")
	for tag := range e.values(column) {
		if !slices.Contains(known, tag) {
			return false
		}
	}
	return true
}

func meet(a, b map[string]bool) bool { return len(common(a, b)) > 0 }

// common lists what two sets share, sorted.
func common(a, b map[string]bool) (both []string) {
	for kind := range a {
		if b[kind] {
			both = append(both, kind)
		}
	}
	slices.Sort(both)
	return both
}

func shorten(line string) string { return labelled.Shorten(line, 80) }
