package task

import (
	"fmt"
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/features"
	"gobert/internal/metrics"
	"gobert/train"
)

// tags are results of sentences: of each, the tags of its labelled tokens.
type tags struct {
	names   []string
	outside string

	labels, predictions [][]string
	words               [][]int // which words of the sentence these are
	entities            *bool   // whether the tags are those of entities; nil: not looked yet
}

func (r *tags) Add(_ *Model, s *Scored) {
	var labels, predictions []string
	var words []int
	b, row := s.Batch, 0
	for k := b.Offsets[s.First]; k < b.Offsets[s.End]; k++ {
		if b.Tags[k] == features.Ignored {
			continue
		}
		labels, predictions = append(labels, r.names[b.Tags[k]]), append(predictions, r.names[argmax(s.row(row))])
		words = append(words, int(b.Words[k]))
		row++
	}
	r.labels, r.predictions, r.words = append(r.labels, labels), append(r.predictions, predictions), append(r.words, words)
}

func (r *tags) Measure() ([]train.Value, error) {
	e, err := metrics.Entities(r.labels, r.predictions)
	if err != nil {
		return nil, err
	}
	return []train.Value{
		{Name: "precision", Value: e.Micro.Precision},
		{Name: "recall", Value: e.Micro.Recall},
		{Name: "f1", Value: e.Micro.F1},
		{Name: "accuracy", Value: e.Accuracy},
	}, nil
}

func (r *tags) Baseline() (measured []train.Value, of string) {
	always := *r
	always.predictions = make([][]string, len(r.labels))
	for i, tags := range r.labels {
		always.predictions[i] = slices.Repeat([]string{r.outside}, len(tags))
	}
	return measuredOr(&always, fmt.Sprintf("every word %q", r.outside))
}

func (r *tags) Intervals(o BootstrapOptions, _ func(name string) bool) map[string]Interval {
	out := map[string]Interval{}
	if i, err := metrics.BootstrapEntities(r.labels, r.predictions, o); err == nil {
		out["f1"] = i
	}
	return out
}

func (r *tags) Table() string {
	var b strings.Builder
	if e, err := metrics.Entities(r.labels, r.predictions); err == nil {
		fmt.Fprintf(&b, "entities as seqeval counts them\n%s", e.Table())
	}
	if e, scheme, err := metrics.StrictEntities(r.labels, r.predictions); err == nil {
		fmt.Fprintf(&b, "\nstrictly %s: precision %.4f, recall %.4f, F1 %.4f\n", scheme, e.Micro.Precision, e.Micro.Recall, e.Micro.F1)
	}
	if e, err := metrics.Conlleval(r.labels, r.predictions); err == nil {
		fmt.Fprintf(&b, "\nas conlleval prints it\n%s", e.String())
	}
	return b.String()
}

func (r *tags) Classes() (_ []string, rows []Row, _ Confusion) {
	if e, err := metrics.Entities(r.labels, r.predictions); err == nil {
		rows = e.Types
	}
	return nil, rows, nil
}

func (r *tags) Mistake(i int, e *labelled.Example, m *Mistake) bool {
	if r.entities == nil {
		yes := conll.Detect(r.labels) != conll.Plain
		r.entities = &yes
	}
	return tagMistake(e.Words, r.words[i], r.labels[i], r.predictions[i], *r.entities, m)
}

// tagMistake compares the tags of a sentence; of tells the word of each. It shows entities that only one side has, or, where the
// tags are none of entities, or differ without a difference, words with their tags.
func tagMistake(words []string, of []int, labels, predictions []string, entities bool, m *Mistake) bool {
	m.Input, m.Sense = strings.Join(words, " "), "words wrong:"
	var right, wrong []string
	for i, tag := range labels {
		if tag != predictions[i] {
			right, wrong = append(right, words[of[i]]+"/"+tag), append(wrong, words[of[i]]+"/"+predictions[i])
		}
	}
	m.Label, m.Predicted, m.Confidence = strings.Join(right, " "), strings.Join(wrong, " "), float64(len(right))
	if entities {
		there, found := metrics.Chunks(labels), metrics.Chunks(predictions)
		if missed, extra := without(there, found), without(found, there); len(missed)+len(extra) > 0 {
			m.Label, m.Predicted = spell(words, of, missed), spell(words, of, extra)
		}
	}
	return len(right) > 0
}

// without gives the entities that the others lack.
func without(list, others []conll.Chunk) []conll.Chunk {
	return slices.DeleteFunc(slices.Clone(list), func(c conll.Chunk) bool { return slices.Contains(others, c) })
}

// spell writes entities with their words.
func spell(words []string, of []int, list []conll.Chunk) string {
	if len(list) == 0 {
		return "nothing"
	}
	texts := make([]string, 0, len(list))
	for _, c := range list {
		var text []string
		for _, word := range slices.Compact(slices.Clone(of[c.Start:c.End])) {
			text = append(text, words[word])
		}
		texts = append(texts, fmt.Sprintf("%s %q", c.Type, strings.Join(text, " ")))
	}
	return strings.Join(texts, ", ")
}
