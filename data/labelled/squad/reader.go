package squad

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gobert/data/labelled"
	"gobert/data/textfile"
	"gobert/internal/fault"
	"gobert/internal/intake"
)

// Reader gives questions, an article in memory at a time. It is a labelled.Reader. Both the nested shape of the official files
// and the flat one of the datasets library are read.
type Reader struct {
	list   *labelled.List
	queue  []queued
	record int
	v2     bool
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

// Read reads questions from a text, which it closes.
func Read(s *textfile.Text) *Reader {
	r := &Reader{list: labelled.NewList(s, "article", "data")}
	r.list.Other = func(name string, value json.RawMessage) {
		r.v2 = r.v2 || name == "version" && strings.HasPrefix(strings.TrimPrefix(strings.Trim(string(value), `"`), "v"), "2")
	}
	return r
}

// V2 reports whether a question without an answer was seen so far, or the file said so far that it is of version 2.
func (r *Reader) V2() bool { return r.v2 }

// Next returns the next question.
func (r *Reader) Next() (labelled.Example, error) {
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
	raw, line, err := r.list.Next()
	if errors.Is(err, io.EOF) {
		return err
	}
	var a article
	if err == nil {
		if err = json.Unmarshal(raw, &a); err != nil {
			err = labelled.Broken(labelled.Origin{File: r.list.Name(), Line: line}, "%w", intake.Explained(err))
		}
	}
	if err != nil && fault.Hint(err) == "" {
		return fmt.Errorf("%w, after %d questions: no valid SQuAD file, expected {\"data\": [{\"paragraphs\": [{\"context\": ..., \"qas\": [...]}]}]}", err, r.record)
	} else if err != nil {
		return err
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

func (r *Reader) example(in queued) (labelled.Example, error) {
	e := labelled.Example{Origin: labelled.Origin{File: r.list.Name(), Record: r.record}, HasPair: true}
	if err := json.Unmarshal(in.q.ID, &e.ID); err != nil {
		e.ID = string(in.q.ID) // A number.
	}
	refuse := func(format string, args ...any) (labelled.Example, error) {
		return e, labelled.Fault(e.Origin, "question %s of article %q: "+format, append([]any{e.ID, in.article}, args...)...)
	}
	switch {
	case e.ID == "":
		return refuse("it has no id, expected one: predictions are named by it")
	case in.q.Question == nil || strings.TrimSpace(*in.q.Question) == "":
		return refuse("the question is missing or empty")
	case in.context == nil || strings.TrimSpace(*in.context) == "":
		return refuse("its paragraph has no context")
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
		return refuse("answers: %v", err)
	}
	if len(answers) > 0 && in.q.Impossible != nil && *in.q.Impossible { // the official measures believe the one, run_squad.py the other
		return refuse("is_impossible is true, but there are answers: expected one of both (those that only seem right are plausible_answers)")
	}
	e.Labelled = true
	e.Impossible = len(answers) == 0
	if e.Impossible {
		r.v2 = true
		return e, nil
	}
	for _, a := range answers {
		if a.Text == nil || a.Start == nil {
			return refuse("an answer lacks text or answer_start")
		}
		located, err := labelled.Locate(e.Origin, e.Pair, *a.Text, *a.Start)
		if err != nil {
			return refuse("%w", errors.Unwrap(err))
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
	err := intake.Decode(raw, &answers)
	if err == nil {
		return answers, nil
	}
	var lists struct {
		Text  []string `json:"text"`
		Start []int    `json:"answer_start"`
	}
	if intake.Decode(raw, &lists) != nil {
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
func (r *Reader) Close() error { return r.list.Close() }
