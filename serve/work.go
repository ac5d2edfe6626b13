package serve

import (
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/task"
)

// work is what a request asks of a model, cut into tokens.
type work struct {
	*model
	batch    features.Batch
	examples []labelled.Example
	ends     []int // the feature behind each example
	before   int   // tokens of the request's other work
}

// begin prepares work of so many texts, which stand in a field, unless the queue is full already.
func (c *call) begin(m *model, field string, texts int) (*work, error) {
	if err := c.few(field, texts); err != nil {
		return nil, err
	}
	if m.full() {
		return nil, c.wait(m, errFull)
	}
	c.facts.texts += texts
	return &work{model: m, before: c.facts.tokens}, nil
}

// few wants one text at least, and no more than the server takes.
func (c *call) few(field string, texts int) error {
	switch most := c.options.Texts; {
	case texts == 0:
		return wrong(field, "%s: expected one text at least", field)
	case texts > most:
		return large(field, "%s: %d texts, expected %d at most", field, texts, most)
	}
	return nil
}

// mostNumbers is how many numbers an answer may have that has many for each token.
const mostNumbers = 1 << 22

// short refuses what would be answered with too much.
func short(field string, numbers int) error {
	if numbers > mostNumbers {
		return large(field, "%s: the answer would have %d numbers, expected %d at most: ask for fewer texts at once", field, numbers, mostNumbers)
	}
	return nil
}

// took counts the tokens of what was encoded last: field says where it stands.
func (c *call) took(w *work, field string) error {
	w.ends = append(w.ends, w.batch.Len())
	if n, most := w.before+w.batch.Tokens(), c.options.RequestTokens; n > most {
		return large(field, "%s: with it the request has %d tokens or more, expected %d at most", field, n, most)
	}
	return c.Err()
}

// encode adds an example, which stands in a field.
func (c *call) encode(w *work, encoder features.Encoder, e labelled.Example, field string, cut Cutting) error {
	before := encoder.Truncated()
	if err := encoder.Append(&w.batch, &e); err != nil {
		return wrong(field, "%s: %v", field, problemOf(err).text)
	}
	if encoder.Truncated() > before {
		if err := c.wasCut(field, cut); err != nil {
			return err
		}
	}
	w.examples = append(w.examples, e)
	return c.took(w, field)
}

// wasCut notes that a text is longer than the model reads, or refuses it.
func (c *call) wasCut(field string, cut Cutting) error {
	if c.facts.cut++; cut.Truncate != nil && !*cut.Truncate {
		return large(field, "%s has more tokens than the model reads, and truncate is false", field)
	}
	return nil
}

// run lets the work wait for an operation.
func (c *call) run(w *work, op *operation) ([]output, error) {
	c.facts.tokens += w.batch.Tokens()
	j, err := w.do(c, op, &w.batch)
	if err != nil {
		return nil, c.wait(w.model, err)
	}
	c.trace(j)
	return j.outputs, nil
}

// wait says after a full queue when to come again.
func (c *call) wait(m *model, err error) error {
	p := problemOf(err)
	if p.after > 0 {
		p.after = max(p.after, m.delay())
	}
	return p
}

// trace shows where the time of a request went.
func (c *call) trace(j *job) {
	if !trace.SpanFromContext(c).IsRecording() || j.began.IsZero() {
		return
	}
	_, waited := c.tracer.Start(c, "queue", trace.WithTimestamp(j.enqueued))
	waited.End(trace.WithTimestamp(j.began))
	_, passed := c.tracer.Start(c, "forward "+j.op.name, trace.WithTimestamp(j.began),
		trace.WithAttributes(attribute.Int("tokens", j.batch.Tokens()), attribute.Int("sequences", j.batch.Sequences())))
	passed.End(trace.WithTimestamp(time.Now()))
}

// scored are the examples of the work with their scores.
func (w *work) scored(outputs []output) (list []*task.Scored) {
	first := 0
	for i, end := range w.ends {
		s := &task.Scored{Example: w.examples[i], Batch: &w.batch, First: first, End: end}
		for _, out := range outputs[first:end] {
			s.Rows, s.Width = append(s.Rows, out.rows...), out.width
		}
		list, first = append(list, s), end
	}
	return list
}

// predictions runs the work through the model's head.
func (c *call) predictions(w *work, d task.Decoding) (list []*task.Prediction, err error) {
	outputs, err := c.run(w, &w.predict)
	if err != nil {
		return nil, err
	}
	for _, s := range w.scored(outputs) {
		list = append(list, w.pipe.Model.Predict(s, d))
	}
	return list, nil
}

// Cutting are fields of several bodies: what becomes of texts that are too long. It is exported for the schema of these bodies.
type Cutting struct {
	Truncate  *bool  `json:"truncate,omitempty" nullable:"true" doc:"Cut texts that are too long; false refuses them. Default: true."`
	Direction string `json:"truncation_direction,omitempty" enum:"Left,Right,left,right" doc:"Which end of a text is lost. Default: Right, unless the tokenizer's folder says otherwise."`
}

// fromLeft says whether a text loses its beginning.
func (c Cutting) fromLeft() bool { return strings.EqualFold(c.Direction, "left") }

// at names an element of a field.
func at(field string, i int, single bool) string {
	if single {
		return field
	}
	return fmt.Sprintf("%s[%d]", field, i)
}

// notBlank refuses a text without anything to read.
func notBlank(field, text string) error {
	if strings.TrimSpace(text) == "" {
		return wrong(field, "%s is empty, expected a text", field)
	}
	return nil
}
