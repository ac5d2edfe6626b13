package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gobert/data/labelled"
	"gobert/data/textfile"
)

// jsonLines gives one object a line.
type jsonLines struct {
	lines  *labelled.Lines
	record int
}

func (j *jsonLines) next() (row, error) {
	for {
		line, err := j.lines.NextNow()
		if err != nil {
			if labelled.IsRow(err) {
				j.record++
			}
			return row{}, err
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		j.record++
		return object([]byte(line), j.lines.Origin(j.lines.Number(), j.record))
	}
}

// Close closes the file.
func (j *jsonLines) Close() error { return j.lines.Close() }

// object parses a row; its columns are in the order of the file.
func object(raw []byte, at labelled.Origin) (row, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	r := row{at: at}
	first, err := d.Token()
	if err != nil {
		return r, labelled.Fault(at, "no valid JSON: %v", explain(err, raw))
	}
	if first != json.Delim('{') {
		return r, labelled.Fault(at, "expected a JSON object with a field for each column, got %s", shorten(string(raw)))
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return r, labelled.Fault(at, "no valid JSON: %v", explain(err, raw))
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return r, labelled.Fault(at, "no valid JSON: %v", explain(err, raw))
		}
		if slices.Contains(r.names, name.(string)) {
			return r, labelled.Fault(at, "the object has two fields %q, expected one of each name", name)
		}
		r.names = append(r.names, name.(string))
		r.values = append(r.values, value)
	}
	if _, err := d.Token(); err != nil {
		return r, labelled.Fault(at, "no valid JSON: %v", explain(err, raw))
	}
	if rest := bytes.TrimSpace(raw[d.InputOffset():]); len(rest) > 0 {
		return r, labelled.Fault(at, "%s follows the object, expected one object a line", shorten(string(rest)))
	}
	return r, nil
}

func explain(err error, raw []byte) string {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("%v at byte %d", err, syntax.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("it ends too early, after %q", shorten(string(raw)))
	}
	return err.Error()
}

// jsonArray gives the objects of a list, which stands alone or in a field of an object.
type jsonArray struct {
	name    string
	records *labelled.Records
	decoder *json.Decoder
	field   string
	record  int
	began   bool
	ended   bool
	alone   bool // the list is the whole file
}

func newJSONArray(s *textfile.Text, field string) *jsonArray {
	records := labelled.NewRecords(s, "object")
	d := json.NewDecoder(records)
	d.UseNumber()
	return &jsonArray{name: s.Name, records: records, decoder: d, field: field}
}

func (j *jsonArray) fail(format string, args ...any) error {
	if err := j.records.Fault(); err != nil {
		return err
	}
	return fmt.Errorf("labelled: reading %s: line %d: "+format, append([]any{j.name, j.records.Line(j.decoder.InputOffset())}, args...)...)
}

// begin goes to the first object of the list.
func (j *jsonArray) begin() error {
	j.began = true
	first, err := j.decoder.Token()
	if err != nil {
		return j.fail("no valid JSON: %w", err)
	}
	if first == json.Delim('[') {
		j.alone = true
		return nil
	}
	if first != json.Delim('{') {
		return j.fail("expected a list of objects, or an object with one in a field, got %s", beginning(first))
	}
	for j.decoder.More() {
		name, err := j.decoder.Token()
		if err != nil {
			return j.fail("no valid JSON: %w", err)
		}
		if j.field == "" || name == j.field {
			value, err := j.decoder.Token()
			if err != nil {
				return j.fail("no valid JSON: %w", err)
			}
			if value == json.Delim('[') {
				return nil
			}
			if name == j.field {
				return j.fail("field %q holds no list", j.field)
			}
			if value == json.Delim('{') {
				if err := j.skipObject(); err != nil {
					return err
				}
			}
			continue
		}
		var ignored json.RawMessage
		if err := j.decoder.Decode(&ignored); err != nil {
			return j.fail("no valid JSON: %w", err)
		}
	}
	if j.field != "" {
		return j.fail("there is no field %q", j.field)
	}
	return j.fail("no field holds a list of objects (hint: name it with --field)")
}

// skipObject goes behind an object whose opening brace was read.
func (j *jsonArray) skipObject() error {
	for depth := 1; depth > 0; {
		t, err := j.decoder.Token()
		if err != nil {
			return j.fail("no valid JSON: %w", err)
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

func (j *jsonArray) next() (row, error) {
	if !j.began {
		if err := j.begin(); err != nil {
			return row{}, err
		}
	}
	if j.ended {
		return row{}, io.EOF
	}
	if !j.decoder.More() {
		if _, err := j.decoder.Token(); err != nil {
			return row{}, j.fail("the list is not closed: the file is cut short")
		}
		j.ended = true
		if _, err := j.decoder.Token(); j.alone && !errors.Is(err, io.EOF) {
			return row{}, j.fail("there is more behind the list, expected its end (hint: objects line by line are named .jsonl)")
		}
		return row{}, io.EOF
	}
	j.records.Begin(j.decoder.InputOffset())
	var raw json.RawMessage
	if err := j.decoder.Decode(&raw); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return row{}, j.fail("the file ends inside a list: it is cut short")
		}
		return row{}, j.fail("no valid JSON: %w", err)
	}
	j.record++
	at := labelled.Origin{File: j.name, Line: j.records.Line(j.decoder.InputOffset() - int64(len(raw))), Record: j.record}
	return object(raw, at)
}

// Close closes the file.
func (j *jsonArray) Close() error { return j.records.Close() }

// beginning is what a file begins with, in JSON's words.
func beginning(t json.Token) string {
	switch t := t.(type) {
	case nil:
		return "null"
	case string:
		return "a text"
	default:
		return fmt.Sprint(t)
	}
}
