package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gobert/internal/report"
)

// Settings lists the members of a JSON object in their order; those of an object in it have both names: "optimizer.beta1".
// What is null is left out.
func Settings(text []byte) ([]report.Fact, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, errors.Join(errors.New("page: settings are no JSON object"), err)
	}
	facts, err := members(d, "")
	if err != nil {
		return nil, fmt.Errorf("page: settings: %w", err)
	}
	return facts, nil
}

// members reads up to the end of an object.
func members(d *json.Decoder, prefix string) (facts []report.Fact, err error) {
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return facts, err
		}
		name := prefix + fmt.Sprint(token)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return facts, err
		}
		switch {
		case string(value) == "null":
		case value[0] == '{':
			inner := json.NewDecoder(bytes.NewReader(value))
			inner.UseNumber()
			if _, err := inner.Token(); err != nil {
				return facts, err
			}
			more, err := members(inner, name+".")
			if err != nil {
				return facts, err
			}
			facts = append(facts, more...)
		default:
			facts = append(facts, report.Fact{Name: name, Value: plain(value)})
		}
	}
	_, err = d.Token()
	return facts, err
}

// plain writes a value as people type it: texts without quotes, lists with commas.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		if text == "" {
			return "(none)"
		}
		return text
	}
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil {
		parts := make([]string, len(list))
		for i, x := range list {
			parts[i] = plain(x)
		}
		return strings.Join(parts, ", ")
	}
	return string(value)
}
