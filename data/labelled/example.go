package labelled

import "fmt"

// Kind is what is asked of a text.
type Kind string

// The kinds of tasks.
const (
	Classify Kind = "classify" // a label, several labels or a number for a text or a pair
	Tag      Kind = "tag"      // a label for every word
	Span     Kind = "squad"    // the part of a text that answers a question
	Choice   Kind = "choice"   // one of several continuations
)

// Origin is where an example was read. Line and Record count from 1; Line is 0 where a format has none (Parquet), and both are for
// the file as a whole.
type Origin struct {
	File   string
	Line   int
	Record int
}

// String gives "path: line 7", "path: record 7" or "path".
func (o Origin) String() string {
	switch {
	case o.Line > 0:
		return fmt.Sprintf("%s: line %d", o.File, o.Line)
	case o.Record > 0:
		return fmt.Sprintf("%s: record %d", o.File, o.Record)
	}
	return o.File
}

// Answer is a right answer of a [Span] example.
type Answer struct {
	Text  string
	Start int // in characters (code points) of the context, as SQuAD counts
	Byte  int // the same place in bytes
}

// Example is one row of labelled data, for every kind of task. Which fields are set:
//
//   - Classify: Text, Pair where HasPair, Labels
//   - Tag: Words, Tags
//   - Span: Text (the question), Pair (the context), Answers, Impossible
//   - Choice: Text (what all continuations follow), Choices, Labels[0] (the index of the right one, as text)
//
// Labelled is false in a test file.
type Example struct {
	Origin   Origin
	ID       string // the file's own identifier, or empty
	Text     string
	Pair     string
	HasPair  bool
	Labelled bool
	Labels   []string // as the file has them: one, or for several labels none to all; a number as text for regression

	Words []string
	Tags  []string // one a word

	Answers    []Answer
	Impossible bool // there is no answer in the context (SQuAD 2.0)

	Choices []string
}

// Label returns the only label, or an empty string.
func (e *Example) Label() string {
	if len(e.Labels) == 0 {
		return ""
	}
	return e.Labels[0]
}

// size is about what an example takes of memory.
func (e *Example) size() int {
	bytes := 256 + len(e.Text) + len(e.Pair)
	for _, list := range [][]string{e.Words, e.Tags, e.Choices, e.Labels} {
		for _, s := range list {
			bytes += 16 + len(s)
		}
	}
	return bytes
}
