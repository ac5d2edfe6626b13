package tasks

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
