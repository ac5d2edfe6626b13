package conll

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gobert/data/labelled"
)

// looked is how many bytes of a file decide which column is what.
const looked = 1 << 16

// evidence is the beginning of a file, as columns.
type evidence struct {
	name      string
	sentences [][][]string // the lines that have as many columns as most
	rows      [][]string   // the same, without sentences
	columns   int
	separator string
	first     string // the first line that is no comment
	line      int    // its number
}

// gather reads the beginning of a file: whole lines, without marks and, where others are left, without what may be a comment.
func gather(name string, head []byte, separator string) *evidence {
	e := &evidence{name: name, separator: separator}
	text := string(head)
	if cut := strings.LastIndexByte(text, '\n'); len(head) >= looked && cut >= 0 {
		text = text[:cut] // what follows may be half a line
	}
	lines := strings.Split(text, "\n")
	hashes := !slices.ContainsFunc(lines, func(line string) bool {
		return strings.TrimSpace(line) != "" && line[0] != '#' && !strings.HasPrefix(line, documentMark)
	})
	var sentences [][]string
	begins := true
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, documentMark) {
			begins = true
			continue
		}
		if line[0] == '#' && !hashes || !utf8.ValidString(line) {
			continue
		}
		if e.line == 0 {
			e.first, e.line = line, i+1
		}
		if begins {
			sentences, begins = append(sentences, nil), false
		}
		last := len(sentences) - 1
		sentences[last] = append(sentences[last], line)
	}
	e.part(sentences)
	return e
}

// part parts the lines into columns, at tabs or at blanks: whichever gives more lines the same number of columns.
func (e *evidence) part(sentences [][]string) {
	separators := []string{e.separator}
	if e.separator == "" {
		separators = []string{"\t", " "}
	}
	best := -1
	for _, separator := range separators {
		counts, most := map[int]int{}, 0
		for _, lines := range sentences {
			for _, line := range lines {
				n := len(cellsOf(line, separator))
				if counts[n]++; counts[n] > counts[most] {
					most = n
				}
			}
		}
		share := counts[most]
		if most < 2 {
			share = 0
		}
		if share > best {
			best, e.separator, e.columns = share, separator, most
		}
	}
	for _, lines := range sentences {
		var rows [][]string
		for _, line := range lines {
			if cells := cellsOf(line, e.separator); len(cells) == e.columns {
				rows = append(rows, cells)
			}
		}
		if len(rows) > 0 {
			e.sentences, e.rows = append(e.sentences, rows), append(e.rows, rows...)
		}
	}
}

// counts reports whether a column numbers the words: whole numbers that begin with 0 or 1 in each sentence and grow. It is sure
// where there is more than one word or sentence to tell.
func (e *evidence) counts(column int) (yes, sure bool) {
	seen := 0
	for _, rows := range e.sentences {
		last := ""
		for _, cells := range rows {
			n := cells[column]
			if n == documentMark {
				break
			}
			switch {
			case !isNumber(n):
				return false, false
			case !isWhole(n):
				continue
			case last == "" && n != "0" && n != "1", last != "" && !less(last, n):
				return false, false
			}
			last = n
			seen++
		}
	}
	return seen > 0, seen > 1
}

// less compares whole numbers.
func less(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

// values are the different values of a column, and how often each occurs. Empty ones are faults of their lines.
func (e *evidence) values(column int) map[string]int {
	counts := map[string]int{}
	for _, cells := range e.rows {
		if cells[column] != "" {
			counts[cells[column]]++
		}
	}
	return counts
}

// prefixed reports whether a column holds tags of entities, nearly everywhere, and of which types; none where all is O.
func (e *evidence) prefixed(column int) (types map[string]bool, yes bool) {
	types = map[string]bool{}
	outside, inside, others := 0, 0, 0
	for tag, n := range e.values(column) {
		switch prefix, kind := split(tag); prefix {
		case 'O':
			outside += n
		case 0:
			others += n
		default:
			types[kind] = true
			inside += n
		}
	}
	return types, outside+inside > 0 && 20*others <= outside+inside+others && 10*others <= inside+others
}

// varies reports whether a column tells rows apart as words do: it is neither the same everywhere nor numbers alone.
func (e *evidence) varies(column int) bool {
	values := e.values(column)
	if len(values) == 1 && len(e.rows) > 2 {
		return false
	}
	for v := range values {
		if !isWhole(v) {
			return true
		}
	}
	return false
}

// fail says what cannot be told.
func (e *evidence) fail(format string, args ...any) *labelled.Error {
	return labelled.Broken(labelled.Origin{File: e.name, Line: max(1, e.line)}, format, args...)
}
