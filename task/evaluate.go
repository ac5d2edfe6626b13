package task

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/data/labelled/squad"
	"gobert/internal/metrics"
	"gobert/train"
)

// Evaluation is what a model's predictions say about labelled data.
type Evaluation struct {
	Examples int
	Values   []train.Value // named as in the record, without a prefix; the loss first
	Seconds  float64

	model   *Model
	set     *features.Set
	results Results
}

// What figures come with, beside their value.
type (
	Interval         = metrics.Interval
	BootstrapOptions = metrics.BootstrapOptions
	Row              = metrics.Row       // the scores of a class
	Confusion        = metrics.Confusion // [label][prediction] counts
)

// Results are a data set's labels beside a model's predictions: how one kind of task compares, measures and shows them.
type Results interface {
	// Add takes an example with its scores, as [Kind.Logits] gives them to be compared.
	Add(m *Model, s *Scored)
	// Measure computes the official figures.
	Measure() ([]train.Value, error)
	// Baseline measures what reads no text: the answer that is best if it is always the same, and says which one. There is none where
	// that is empty.
	Baseline() (measured []train.Value, of string)
	// Intervals are bootstrapped 95 % intervals of those measures that are worth one; has says which there are.
	Intervals(o BootstrapOptions, has func(name string) bool) map[string]Interval
	// Table shows more than the figures, for people.
	Table() string
	// Classes measures each class by itself; labels and a confusion matrix are there for single labels alone.
	Classes() (labels []string, rows []Row, confusion Confusion)
	// Mistake describes what is wrong about the prediction for an example; false: nothing is.
	Mistake(i int, e *labelled.Example, m *Mistake) bool
}

// EvaluateOptions say how.
type EvaluateOptions struct {
	Task     string         // a name of GLUE's, for its own measures; else the kind decides
	Squad    squad.Settings // of answers
	Progress func(done, total int)
}

// Evaluate measures the model on a set that [Model.Features] made.
func (m *Model) Evaluate(ctx context.Context, set *features.Set, o EvaluateOptions) (*Evaluation, error) {
	began := time.Now()
	e := &Evaluation{Examples: len(set.Examples), model: m, set: set, results: m.Kind.Results(m, o)}
	var loss float64
	var count int
	from, b := 0, set.NewBatch()
	flush := func(to, done int) error {
		out, err := m.forward(b, true)
		if err != nil {
			return err
		}
		for i, s := range out.Split(b) {
			s.Example = set.Examples[from+i]
			e.results.Add(m, s)
		}
		loss, count = loss+out.loss, count+out.labelled
		b.Reset()
		if from = to; o.Progress != nil {
			o.Progress(done, set.All.Len())
		}
		return ctx.Err()
	}
	for i := range set.Examples {
		first, end := set.Windows(i)
		k := max(1, set.All.Choices)
		tokens := int(set.All.Offsets[end*k] - set.All.Offsets[first*k])
		if b.Len() > 0 && b.Tokens()+tokens > Budget(m.Device) {
			if err := flush(i, first); err != nil {
				return nil, err
			}
		}
		for f := first; f < end; f++ {
			b.AppendSequence(&set.All, f)
		}
	}
	if err := flush(len(set.Examples), set.All.Len()); err != nil {
		return nil, err
	}
	if mean := loss / float64(count); mean == mean { // NaN where something has no label
		e.Values = append(e.Values, train.Value{Name: "loss", Value: mean})
	}
	values, err := e.results.Measure()
	e.Values = append(e.Values, values...)
	e.Seconds = time.Since(began).Seconds()
	return e, err
}

// measuredOr gives what results measure, or nothing where that fails.
func measuredOr(r Results, of string) ([]train.Value, string) {
	measured, err := r.Measure()
	if err != nil {
		return nil, ""
	}
	return measured, of
}

// Value gives a measure by name.
func (e *Evaluation) Value(name string) (float64, bool) {
	return train.Find(e.Values, name)
}

// Line writes the measures in one line.
func (e *Evaluation) Line() string {
	parts := make([]string, len(e.Values))
	for i, v := range e.Values {
		parts[i] = fmt.Sprintf("%s %.4f", v.Name, v.Value)
	}
	return strings.Join(parts, ", ")
}

// Intervals are bootstrapped 95 % intervals of the measures that are worth one.
func (e *Evaluation) Intervals(o BootstrapOptions) map[string]Interval {
	if e.Examples == 0 {
		return nil
	}
	return e.results.Intervals(o, func(name string) bool { _, ok := e.Value(name); return ok })
}

// Table shows more than the figures, for people.
func (e *Evaluation) Table() string { return e.results.Table() }

// Answers are the answers under their questions' identifiers; none for other kinds.
func (e *Evaluation) Answers() (all []squad.Named) {
	if r, ok := e.results.(*answers); ok {
		for i, q := range r.questions {
			all = append(all, squad.Named{ID: q.ID, Prediction: r.predictions[i]})
		}
	}
	return all
}
