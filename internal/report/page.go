package report

import "slices"

// A Page is what a report shows. Empty parts are left out.
type Page struct {
	Title     string      // of the page
	About     string      // one or two sentences: what was trained on what
	Facts     []Fact      // model, data, settings, time
	Results   []Result    // held-out measures beside their baselines
	Panels    []Panel     // curves over training
	Samples   []Sample    // masked sentences and guesses
	Asked     []Asked     // texts that the model was asked about, and what it said
	Confusion *Confusion  // of a classifier
	Errors    []Error     // the worst ones, most certain first
	Attention *Attention  // of a few sentences
	Next      []string    // commands to try now
	Settings  []Fact      // all settings of the run
	Notes     []string    // what a reader should know about the numbers
	Baseline  string      // what the baselines are
	Tables    []Breakdown // measures per class and the like
	Then      []Page      // what came after, such as fine-tuning, below; its attention view and commands are left out
	Measured  string      // what the results were measured on; "text that it was not trained on" by default
	Name      string      // of the run, to tell its settings from those of others

	prefix string // of the identifiers of its sections
}

// ID is the identifier of a section: no two parts of a page have the same.
func (p Page) ID(section string) string { return p.prefix + section }

// Smooths reports whether any curve is drawn as a mean of neighbours.
func (p Page) Smooths() bool { return slices.ContainsFunc(p.Panels, Panel.Smooths) }

// Sure reports whether any error has a probability: else the column is left out.
func (p Page) Sure() bool {
	return slices.ContainsFunc(p.Errors, func(e Error) bool { return e.Probability >= 0 })
}

// AllSettings are the parts of the page that have settings.
func (p Page) AllSettings() []Page {
	return slices.DeleteFunc(append([]Page{p}, p.Then...), func(part Page) bool { return len(part.Settings) == 0 })
}

// Fact is a name and what is known under it.
type Fact struct{ Name, Value string }

// Result is one held-out measure. Shown is how the value is written; Baseline is empty where there is none.
type Result struct {
	Name     string
	Shown    string
	Baseline string  // how the baseline's value is written
	Of       string  // what the baseline is, such as "always the most frequent token"
	Share    float64 // the value from 0 to 1, for a bar; below 0 without one
	Base     float64 // the baseline from 0 to 1; below 0 without one
}

// Sample is a masked sentence: what stood there, and what the model guessed at several moments of training.
type Sample struct {
	Before, After string // the text around the masked word
	Answer        string // what stood there
	Moments       []Moment
}

// Moment is what the model guessed at one step, best first.
type Moment struct {
	Step    int64
	Guesses []Guess
}

// Guess is a word and how probable the model finds it, from 0 to 1.
type Guess struct {
	Word        string
	Probability float64
}

// Asked is a question and its answers: words behind masks, or whether the second of two texts follows the first.
type Asked struct {
	Text, Then  string    // the second text of a pair, or empty
	Masks       [][]Guess // of each mask by itself, best first
	Filled      string    // the text with all masks filled together, where there are several
	Probability float64   // of a pair: that the second follows
}

// Error is a text that was judged wrongly.
type Error struct {
	Text, Truth, Predicted string
	Probability            float64 // of the prediction; below 0 where it is not known
}

// Breakdown is a table: a measure of each class, for example.
type Breakdown struct {
	Title string
	Head  []string
	Rows  [][]string
}
