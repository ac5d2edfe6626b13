package squad

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gobert/data/labelled"
	"gobert/data/textfile"
	"gobert/internal/jsonfile"
)

// Reader gives questions, an article in memory at a time. It is a labelled.Reader. Both the nested shape of the official files
// and the flat one of the datasets library are read.
type Reader struct {
	name    string
	records *labelled.Records
	decoder *json.Decoder
	began   bool
	ended   bool
	queue   []queued
	record  int
	v2      bool
}

type queued struct {
	context *string
	article string
	q       question
}

type article struct {
	Title      string      `json:"title"`
	Paragraphs []paragraph `json:"paragraphs"`
	Context    *string     `json:"context"` // the flat shape
	question
}

type paragraph struct {
	Context *string    `json:"context"`
	QAs     []question `json:"qas"`
}

type question struct {
	ID         json.RawMessage `json:"id"`
	Question   *string         `json:"question"`
	Answers    json.RawMessage `json:"answers"`
	Impossible *bool           `json:"is_impossible"`
}

// Open opens a file.
func Open(path string) (*Reader, error) {
	s, err := labelled.OpenSource(path)
	if err != nil {
		return nil, err
	}
	return newReader(s), nil
}

// Read reads from in; name is used in messages.
func Read(name string, in io.Reader) (*Reader, error) {
	s, err := labelled.NewSource(name, in)
	if err != nil {
		return nil, err
	}
	return newReader(s), nil
}

func newReader(s *textfile.Text) *Reader {
	records := labelled.NewRecords(s, "article")
	return &Reader{name: s.Name, records: records, decoder: json.NewDecoder(records)}
}

// V2 reports whether a question without an answer was seen so far, or the file said so far that it is of version 2.
func (r *Reader) V2() bool { return r.v2 }

func (r *Reader) fail(err error) error {
	if err := r.records.Fault(); err != nil {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("labelled: reading %s: line %d: after %d questions the file ends: it is cut short", r.name, r.line(), r.record)
	}
	return fmt.Errorf("labelled: reading %s: line %d: no valid SQuAD file: %w, expected {\"data\": [{\"paragraphs\": [{\"context\": ..., \"qas\": [...]}]}]} "+
		"(hint: byte %d, after %d questions)", r.name, r.line(), err, r.decoder.InputOffset(), r.record)
}

func (r *Reader) line() int { return r.records.Line(r.decoder.InputOffset()) }

// begin goes to the first article.
func (r *Reader) begin() error {
	r.began = true
	t, err := r.decoder.Token()
	if err != nil {
		return r.fail(err)
	}
	if t == json.Delim('[') {
		return nil
	}
	if t != json.Delim('{') {
		return r.fail(fmt.Errorf("it begins with %v", t))
	}
	for r.decoder.More() {
		name, err := r.decoder.Token()
		if err != nil {
			return r.fail(err)
		}
		if name == "data" {
			if t, err = r.decoder.Token(); err != nil || t != json.Delim('[') {
				return r.fail(errors.Join(err, fmt.Errorf("\"data\" begins with %v", t)))
			}
			return nil
		}
		var value any
		if err := r.decoder.Decode(&value); err != nil {
			return r.fail(err)
		}
		r.version(name, value)
	}
	return r.fail(errors.New("there is no field \"data\""))
}

func (r *Reader) version(name json.Token, value any) {
	if name == "version" && strings.HasPrefix(strings.TrimPrefix(fmt.Sprint(value), "v"), "2") {
		r.v2 = true
	}
}

// Next returns the next question.
func (r *Reader) Next() (labelled.Example, error) {
	if !r.began {
		if err := r.begin(); err != nil {
			return labelled.Example{}, err
		}
	}
	for len(r.queue) == 0 {
		if err := r.article(); err != nil {
			return labelled.Example{}, err
		}
	}
	next := r.queue[0]
	r.queue = r.queue[1:]
	r.record++
	return r.example(next)
}

// article queues the questions of the next one.
func (r *Reader) article() error {
	if r.ended {
		return io.EOF
	}
	if !r.decoder.More() {
		if _, err := r.decoder.Token(); err != nil {
			return r.fail(err)
		}
		return r.rest()
	}
	r.records.Begin(r.decoder.InputOffset())
	var a article
	if err := r.decoder.Decode(&a); err != nil {
		return r.fail(err)
	}
	if a.Context != nil || a.Question != nil {
		r.queue = append(r.queue, queued{a.Context, a.Title, a.question})
	}
	for i := range a.Paragraphs {
		p := &a.Paragraphs[i]
		for _, q := range p.QAs {
			r.queue = append(r.queue, queued{p.Context, a.Title, q})
		}
	}
	return nil
}

// rest reads what follows the list: the version may.
func (r *Reader) rest() error {
	for r.decoder.More() {
		name, err := r.decoder.Token()
		if err != nil {
			return r.fail(err)
		}
		var value any
		if err := r.decoder.Decode(&value); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return r.fail(err)
		}
		r.version(name, value)
	}
	r.ended = true
	return io.EOF
}

func (r *Reader) example(in queued) (labelled.Example, error) {
	e := labelled.Example{Origin: labelled.Origin{File: r.name, Record: r.record}, HasPair: true}
	if err := json.Unmarshal(in.q.ID, &e.ID); err != nil {
		e.ID = string(in.q.ID) // A number.
	}
	fault := func(format string, args ...any) (labelled.Example, error) {
		return e, labelled.Fault(e.Origin, "question %s of article %q: "+format, append([]any{e.ID, in.article}, args...)...)
	}
	switch {
	case e.ID == "":
		return fault("it has no id, expected one: predictions are named by it")
	case in.q.Question == nil || strings.TrimSpace(*in.q.Question) == "":
		return fault("the question is missing or empty")
	case in.context == nil || strings.TrimSpace(*in.context) == "":
		return fault("its paragraph has no context")
	}
	e.Text, e.Pair = *in.q.Question, *in.context
	if in.q.Impossible != nil {
		r.v2 = true
	}
	if in.q.Answers == nil {
		return e, nil
	}
	answers, err := parseAnswers(in.q.Answers)
	if err != nil {
		return fault("answers: %v", err)
	}
	e.Labelled = true
	e.Impossible = len(answers) == 0 || in.q.Impossible != nil && *in.q.Impossible
	if e.Impossible {
		r.v2 = true
		return e, nil
	}
	for _, a := range answers {
		if a.Text == nil || a.Start == nil {
			return fault("an answer lacks text or answer_start")
		}
		located, err := labelled.Locate(e.Origin, e.Pair, *a.Text, *a.Start)
		if err != nil {
			return fault("%w", errors.Unwrap(err))
		}
		e.Answers = append(e.Answers, located)
	}
	return e, nil
}

type answer struct {
	Text  *string `json:"text"`
	Start *int    `json:"answer_start"`
}

// parseAnswers reads a list of objects, or an object of lists.
func parseAnswers(raw json.RawMessage) ([]answer, error) {
	var answers []answer
	err := jsonfile.Decode(raw, &answers)
	if err == nil {
		return answers, nil
	}
	var lists struct {
		Text  []string `json:"text"`
		Start []int    `json:"answer_start"`
	}
	if jsonfile.Decode(raw, &lists) != nil {
		return nil, err
	}
	if len(lists.Text) != len(lists.Start) {
		return nil, fmt.Errorf("%d texts for %d places", len(lists.Text), len(lists.Start))
	}
	for i := range lists.Text {
		answers = append(answers, answer{&lists.Text[i], &lists.Start[i]})
	}
	return answers, nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.records.Close() }
