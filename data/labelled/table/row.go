package table

import (
	"encoding/json"
	"fmt"
	"strconv"

	"gobert/data/labelled"
)

// row is one record. Values are strings, json.Number, bool, nil, or lists and maps of them.
type row struct {
	at     labelled.Origin
	names  []string
	values []any
}

// rows is a source of rows; its errors are those of a labelled.Reader.
type rows interface {
	next() (row, error)
	Close() error
}

// get returns the value of a column.
func (r *row) get(name string) (any, bool) {
	for i, n := range r.names {
		if n == name && i < len(r.values) {
			return r.values[i], true
		}
	}
	return nil, false
}

// size is how long the texts of a row are.
func (r *row) size() (bytes int) {
	for _, v := range r.values {
		if s, ok := v.(string); ok {
			bytes += len(s)
		}
	}
	return bytes
}

// text is a scalar as the file wrote it; false for a list, a map or nothing.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// texts is a list of scalars.
func texts(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, len(list))
	for i, item := range list {
		if out[i], ok = text(item); !ok {
			return nil, false
		}
	}
	return out, true
}

// describe names a value's kind for a message.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing (null)"
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case map[string]any:
		return "an object"
	default:
		s, _ := text(v)
		return strconv.Quote(shorten(s))
	}
}

func shorten(s string) string { return labelled.Shorten(s, 60) }
