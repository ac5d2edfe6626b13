package table

import (
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/internal/fault"
)

// Columns names the columns of each field of an example; an empty name is guessed. Columns of a file without a header are
// called 1, 2, ...
type Columns struct {
	Text    string
	Pair    string
	Label   string   // for several labels in one cell see LabelSeparator
	Labels  []string // several labels: a column of 0 and 1 for each
	ID      string
	Words   string   // list, or separated by spaces
	Tags    string   // list, or separated by spaces
	Prompt  string   // choice: what all continuations follow
	Second  string   // choice: SWAG's sent2, which begins every continuation
	Choices []string // choice: a column each, or one column with a list
	Context string   // span: Text is the question
	Answers string   // span: an object of lists, text and answer_start
}

// all are the names of all columns, the empty ones too.
func (c *Columns) all() []string {
	one := []string{c.Text, c.Pair, c.Label, c.ID, c.Words, c.Tags, c.Prompt, c.Second, c.Context, c.Answers}
	return append(append(one, c.Labels...), c.Choices...)
}

// Names under which a column is what, lower case, the surest first.
var (
	textNames    = []string{"text", "sentence", "sentence1", "text_a", "texta", "text1", "content", "premise", "question1", "review", "document", "comment", "tweet", "sms", "#1 string", "string1", "query", "body", "utterance", "input", "src"}
	pairNames    = []string{"text_pair", "sentence2", "text_b", "textb", "text2", "pair", "hypothesis", "question2", "#2 string", "string2"}
	labelNames   = []string{"label", "labels", "class", "category", "target", "gold_label", "sentiment", "score", "similarity_score", "quality", "is_duplicate", "similarity", "intent", "stars", "rating", "polarity", "emotion", "y", "answer"}
	idNames      = []string{"id", "idx", "index", "qid", "guid", "uid"}
	wordNames    = []string{"tokens", "words", "token", "text", "sentence"}
	tagNames     = []string{"ner_tags", "ner", "tags", "tag", "labels", "label", "pos_tags", "pos"}
	promptNames  = []string{"sent1", "prompt", "startphrase", "context", "question_stem", "question", "premise", "ctx", "text"}
	secondNames  = []string{"sent2"}
	listNames    = []string{"endings", "choices", "options", "candidates"}
	choiceLabels = []string{"label", "correct_answer_idx", "answer", "answer_idx", "target", "gold"}
	questions    = []string{"question", "text"}
	contexts     = []string{"context", "passage", "paragraph"}
)

// known reports whether a cell looks like the name of a column.
func (o *Options) known(cell string) bool {
	for _, name := range o.Columns.all() {
		if name != "" && name == cell && !isNumber(cell) {
			return true
		}
	}
	cell = strings.ToLower(cell)
	for _, names := range [][]string{textNames, pairNames, labelNames, idNames, wordNames, tagNames, promptNames, secondNames, listNames, contexts} {
		if len(cell) > 1 && slices.Contains(names, cell) {
			return true
		}
	}
	return cell == "ending0"
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// resolver finds the columns of a file.
type resolver struct {
	name    string // of the file
	kind    labelled.Kind
	columns Columns
	pairs   bool // two texts are wanted
	names   []string
	sample  []row
	notes   []error
	used    []string
}

// resolve fills the empty names, or says what cannot be told.
func (r *resolver) resolve() error {
	if err := r.check(); err != nil {
		return err
	}
	c := &r.columns
	r.find(&c.ID, "id", idNames)
	switch r.kind {
	case labelled.Tag:
		if r.find(&c.Words, "words", wordNames); c.Words == "" {
			return r.fail("words", "{words-column}")
		}
		r.find(&c.Tags, "tags", tagNames)
	case labelled.Choice:
		return r.choices()
	case labelled.Span:
		r.find(&c.Text, "question", questions)
		r.find(&c.Context, "context", contexts)
		r.find(&c.Answers, "answers", []string{"answers"})
		if c.Text == "" || c.Context == "" {
			return r.fail("question and the context", "{text-column} and {context-column}")
		}
	default:
		return r.classify()
	}
	return nil
}

// check complains about names that the file lacks.
func (r *resolver) check() error {
	for _, name := range r.columns.all() {
		if name == "" || slices.Contains(r.names, name) {
			if name != "" {
				r.used = append(r.used, name)
			}
			continue
		}
		return labelled.Broken(labelled.Origin{File: r.name}, "there is no column %q, the columns are %s", name, quoted(r.names)).
			Advise("names are told apart by case; a file without a header has columns 1, 2, ...")
	}
	return nil
}

// twice complains about a column in use of which there are two: neither is meant more than the other. (In JSON it is a fault of the
// object.)
func (r *resolver) twice() error {
	seen, used := map[string]int{}, r.columns.all()
	for k, name := range r.sample[0].names {
		if before, ok := seen[name]; ok && slices.Contains(used, name) {
			return labelled.Broken(labelled.Origin{File: r.name}, "columns %d and %d are both called %q", before+1, k+1, name).Advise("give one another name")
		}
		seen[name] = k
	}
	return nil
}

func quoted(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return `"` + strings.Join(names, `", "`) + `"`
}

// find sets a column that is not set to the first one of a known name.
func (r *resolver) find(column *string, what string, known []string) {
	if *column != "" {
		return
	}
	for _, name := range known {
		for _, have := range r.names {
			if strings.ToLower(have) == name && !slices.Contains(r.used, have) {
				r.take(column, what, have)
				return
			}
		}
	}
}

func (r *resolver) take(column *string, what, name string) {
	*column = name
	r.used = append(r.used, name)
	if what != "id" {
		r.notes = append(r.notes, fault.New("%s: column %q taken as the %s", r.name, name, what))
	}
}

func (r *resolver) fail(what, settings string) error {
	return labelled.Broken(labelled.Origin{File: r.name}, "cannot tell which column has the %s, the columns are %s", what, quoted(r.names)).
		Advise("name it with " + settings)
}
