package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Settings lists the members of a JSON object in their order; those of an object in it have both names: "optimizer.beta1".
// What is null is left out.
func Settings(text []byte) (facts []Fact, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, errors.Join(errors.New("report: settings are no JSON object"), err)
	}
	for d.More() {
		var value json.RawMessage
		name, err := d.Token()
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			return nil, fmt.Errorf("report: settings: %w", err)
		}
		switch {
		case string(value) == "null":
		case value[0] == '{':
			inner, err := Settings(value)
			if err != nil {
				return nil, err
			}
			for _, f := range inner {
				facts = append(facts, Fact{fmt.Sprint(name) + "." + f.Name, f.Value})
			}
		default:
			facts = append(facts, Fact{fmt.Sprint(name), plain(value)})
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("report: settings: %w", err)
	}
	return facts, nil
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
