package labelled

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"gobert/data/textfile"
)

// List reads a list of JSON objects, one after the other: a list that stands alone, or in a field of an object.
type List struct {
	// Other is told of the fields beside the list; nil: they are passed over, and what follows the list is not read.
	Other func(name string, value json.RawMessage)

	records *records
	decoder *json.Decoder
	field   string
	began   bool
	ended   bool
	alone   bool // the list is the whole file
}

// NewList reads the list in a field of a source, which it closes; "" is the first field that holds one. Its objects are called
// what.
func NewList(s *textfile.Text, what, field string) *List {
	l := &List{records: &records{source: s, what: what}, field: field}
	l.decoder = json.NewDecoder(l.records)
	return l
}

// Name is the file's name.
func (l *List) Name() string { return l.records.source.Name }

// Close closes the source.
func (l *List) Close() error { return l.records.source.Close() }

func (l *List) fail(format string, args ...any) *Error {
	if err := l.records.fault; err != nil { // the decoder wraps it in words of its own
		return err
	}
	return Broken(Origin{File: l.Name(), Line: l.records.line(l.decoder.InputOffset())}, format, args...)
}

// token reads a token of JSON.
func (l *List) token() (json.Token, error) {
	t, err := l.decoder.Token()
	if err != nil {
		err = l.fail("no valid JSON: %w", err)
	}
	return t, err
}

// begin goes to the first object of the list.
func (l *List) begin() error {
	l.began = true
	first, err := l.token()
	switch {
	case err != nil:
		return err
	case first == json.Delim('['):
		l.alone = true
		return nil
	case first != json.Delim('{'):
		return l.fail("expected a list of objects, or an object with one in a field, got %s", beginning(first))
	}
	for l.decoder.More() {
		name, err := l.token()
		if err != nil {
			return err
		}
		if l.field != "" && name != l.field {
			if err := l.other(name); err != nil {
				return err
			}
			continue
		}
		value, err := l.token()
		switch {
		case err != nil:
			return err
		case value == json.Delim('['):
			return nil
		case name == l.field:
			return l.fail("field %q holds no list", l.field)
		case value == json.Delim('{'):
			err = l.skipObject()
		}
		if err != nil {
			return err
		}
	}
	if l.field != "" {
		return l.fail("there is no field %q", l.field)
	}
	return l.fail("no field holds a list of objects").Advise("name it with {field}")
}

// other passes a field over.
func (l *List) other(name json.Token) error {
	var value json.RawMessage
	if err := l.decoder.Decode(&value); err != nil {
		return l.fail("no valid JSON: %w", err)
	}
	if l.Other != nil {
		l.Other(fmt.Sprint(name), value)
	}
	return nil
}

// skipObject goes behind an object whose opening brace was read.
func (l *List) skipObject() error {
	for depth := 1; depth > 0; {
		t, err := l.token()
		if err != nil {
			return err
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

// Next returns the next object as it stands, and the line where it begins; after the last one the error is io.EOF.
func (l *List) Next() (raw json.RawMessage, line int, err error) {
	if !l.began {
		if err := l.begin(); err != nil {
			return nil, 0, err
		}
	}
	if l.ended {
		return nil, 0, io.EOF
	}
	if !l.decoder.More() {
		return nil, 0, l.end()
	}
	l.records.begin(l.decoder.InputOffset())
	if err := l.decoder.Decode(&raw); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return nil, 0, l.fail("the file ends inside a list: it is cut short")
		}
		return nil, 0, l.fail("no valid JSON: %w", err)
	}
	return raw, l.records.line(l.decoder.InputOffset() - int64(len(raw))), nil
}

// end reads the end of the list, and what follows it.
func (l *List) end() error {
	if _, err := l.decoder.Token(); err != nil {
		return l.fail("the list is not closed: the file is cut short")
	}
	l.ended = true
	if l.alone {
		if _, err := l.decoder.Token(); !errors.Is(err, io.EOF) {
			return l.fail("there is more behind the list, expected its end").Advise("objects line by line are named .jsonl")
		}
	}
	for !l.alone && l.Other != nil && l.decoder.More() {
		name, err := l.token()
		if err == nil {
			err = l.other(name)
		}
		if err != nil {
			return err
		}
	}
	return io.EOF
}

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
