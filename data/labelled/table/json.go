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
	*labelled.List
	record int
}

func (j *jsonArray) next() (row, error) {
	raw, line, err := j.Next()
	if err != nil {
		return row{}, err
	}
	j.record++
	return object(raw, labelled.Origin{File: j.Name(), Line: line, Record: j.record})
}
