package conll

import (
	"strconv"
	"strings"

	"gobert/internal/fault"
)

// layout says where words and tags stand in a file. Columns are counted from 0; -1 is none.
type layout struct {
	separator string          // blank: any run of blanks and tabs
	columns   int             // of every line; 0 where it varies
	word      int             // the words
	tag       int             // their tags
	untagged  bool            // the tags are not read
	counter   int             // the numbers of the words in their sentence
	prefixed  bool            // every tag is O or has a prefix: B-PER
	brackets  bool            // entities stand in brackets over several lines: (PERSON*, *, *)
	plain     map[string]bool // the tags seen, where they have no prefix
	notes     []error         // what was found, for people
}

// cells parts a line.
func (l *layout) cells(line string) []string { return cellsOf(line, l.separator) }

// cellsOf parts a line at a separator. Blanks are blanks and tabs alone: a no-break space belongs to its word.
func cellsOf(line, separator string) []string {
	if separator != " " {
		return strings.Split(line, separator)
	}
	if cells := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' }); len(cells) > 0 {
		return cells
	}
	return []string{""}
}

// isMark reports whether a line parts documents. In a numbered file the mark may be the word of a line.
func (l *layout) isMark(line string, cells []string) bool {
	return strings.HasPrefix(line, documentMark) || l.counter >= 0 && l.word < len(cells) && cells[l.word] == documentMark
}

// isComment tells a comment from a hash that is a word: a word has a tag like the others, or a number.
func (l *layout) isComment(line string, cells []string, begins bool) bool {
	switch {
	case line[0] != '#':
		return false
	case l.counter >= 0:
		return l.counter >= len(cells) || !isNumber(cells[l.counter])
	case len(line) > 1 && line[1] != ' ' && line[1] != '\t':
		return false // a word such as #photography
	case l.columns > 0 && len(cells) != l.columns:
		return true
	case l.tag < 0 || l.tag >= len(cells):
		return len(cells) > 1
	case l.prefixed:
		return !hasPrefix(cells[l.tag])
	case l.plain == nil:
		return false
	}
	return begins && !l.plain[cells[l.tag]] && cells[l.tag] != cells[l.word]
}

// skips reports whether a numbered line is no word of the sentence: CoNLL-U's words of several tokens ("3-4") and of none
// ("8.1").
func (l *layout) skips(cells []string) bool {
	return l.counter >= 0 && l.counter < len(cells) && strings.ContainsAny(cells[l.counter], "-.") && isNumber(cells[l.counter])
}

// describe says which column is what; why may name settings.
func (l *layout) describe(e *evidence, why string) {
	format, args := "%s: column %d read as the words", []any{e.name, l.word + 1}
	if !l.untagged {
		format, args = "%s: column %d of %d read as the words, column %d as their tags", []any{e.name, l.word + 1, e.columns, l.tag + 1}
	}
	if l.counter >= 0 {
		format, args = format+"; column %d numbers the words", append(args, l.counter+1)
	}
	if why != "" {
		format += "; " + why
	}
	l.notes = append(l.notes, fault.New(format, args...))
}

// isNumber reports whether a cell numbers a word: "3", or CoNLL-U's "3-4" and "8.1".
func isNumber(cell string) bool {
	first, rest, parted := strings.Cut(strings.Replace(cell, ".", "-", 1), "-")
	return isWhole(first) && (!parted || isWhole(rest))
}

func isWhole(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil
}

// hasPrefix reports whether a tag is O, or one of an entity.
func hasPrefix(tag string) bool {
	prefix, _ := split(tag)
	return prefix != 0
}
