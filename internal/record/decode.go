package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// ParseLine reads one line of a record. Members that it does not know and that are no numbers are left out, so that a newer
// program's record can be read.
func ParseLine(line []byte) (Entry, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var e Entry
	if err := members(d, func(name string) error { return e.member(d, name) }); err != nil {
		return Entry{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Entry{}, errors.New("more text after the object")
	}
	for i := range e.Values {
		if e.Kind == Evaluation { // programs of before wrote the kind twice
			e.Values[i].Name = strings.TrimPrefix(e.Values[i].Name, "eval_")
		}
	}
	return e, e.Check()
}

// member reads what follows a name.
func (e *Entry) member(d *json.Decoder, name string) error {
	switch name {
	case kindKey:
		return d.Decode(&e.Kind)
	case stepKey:
		return d.Decode(&e.Step)
	case textKey:
		return d.Decode(&e.Text)
	case timingKey:
		return members(d, func(name string) error { return number(d, name, &e.Timing) })
	default:
		return number(d, name, &e.Values)
	}
}

// number appends a value if it is one.
func number(d *json.Decoder, name string, values *[]Value) error {
	var x any
	if err := d.Decode(&x); err != nil {
		return err
	}
	switch x := x.(type) {
	case json.Number:
		f, err := strconv.ParseFloat(x.String(), 64)
		if err != nil {
			return err
		}
		*values = append(*values, Value{Name: name, Value: f})
	case string:
		switch x {
		case "NaN":
			*values = append(*values, Value{Name: name, Value: math.NaN()})
		case "Infinity":
			*values = append(*values, Value{Name: name, Value: math.Inf(1)})
		case "-Infinity":
			*values = append(*values, Value{Name: name, Value: math.Inf(-1)})
		}
	}
	return nil
}

// members reads an object, with a function for what follows each name.
func members(d *json.Decoder, read func(name string) error) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return fmt.Errorf("expected a JSON object, found %v", token)
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, ok := token.(string)
		if !ok {
			return fmt.Errorf("expected a name, found %v", token)
		}
		if err := read(name); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
	_, err = d.Token()
	return err
}
