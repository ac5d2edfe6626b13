package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"gobert/internal/ui"
)

// union is a field of several forms. It reads and describes itself.
type union interface {
	json.Unmarshaler
	huma.SchemaProvider
	forms() string // for people
}

// readBody reads what a client sends, of so many bytes at most.
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return nil, &problem{status: http.StatusUnsupportedMediaType, kind: invalid, text: fmt.Sprintf("Content-Encoding %q: expected none", coding)}
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, large("", "the body has more than %d bytes", most)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &problem{status: http.StatusRequestTimeout, kind: invalid, text: "the body did not come in time"}
	case err != nil:
		return nil, &problem{status: http.StatusBadRequest, kind: invalid, text: "the body did not come whole: " + err.Error()}
	}
	return text, nil
}

// decode reads a body as a type, by that type's schema: what it does not have a field for is refused by name.
func (d *document) decode(text []byte, into any) error {
	syntax := func(format string, args ...any) error {
		return &problem{status: http.StatusBadRequest, kind: invalid, text: fmt.Sprintf(format, args...)}
	}
	if !utf8.Valid(text) {
		return syntax("the body is not UTF-8: byte %d", invalidAt(text))
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		var at *json.SyntaxError
		if errors.As(err, &at) {
			return syntax("the body is not JSON: byte %d: %v", at.Offset, err)
		}
		return syntax("the body is not JSON: %v", err)
	}
	t := reflect.TypeOf(into).Elem()
	var found huma.ValidateResult
	huma.Validate(d.registry, d.schema(t), huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, value, &found)
	for _, err := range found.Errors {
		return explained(t, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return wrong(kind.Field, "%s is a %s, expected %v", kind.Field, kind.Value, kind.Type)
		}
		return problemOf(err)
	}
	return nil
}

// explained is what the schema says is wrong, in our words.
func explained(t reflect.Type, err error) error {
	var detail *huma.ErrorDetail
	if !errors.As(err, &detail) {
		return wrong("", "%v", err)
	}
	names := map[string]reflect.Type{}
	for f := range fields(t) {
		names[f.name] = f.Type
	}
	text := detail.Message
	field, _, _ := strings.Cut(strings.ReplaceAll(detail.Location, "[", "."), ".")
	switch {
	case text == validation.MsgUnexpectedProperty:
		if near := ui.Nearest(detail.Location, mapKeys(names)); near != "" {
			return unknown(detail.Location, "; was "+near+" meant?")
		}
		return unknown(detail.Location, "")
	case strings.HasPrefix(text, "expected required property"):
		name := strings.Fields(text)[3]
		if detail.Location != "" {
			name = detail.Location + "." + name
		}
		return wrong(name, "%s is missing", name)
	case text == validation.MsgExpectedMatchAtLeastOneSchema:
		if u, ok := reflect.New(names[field]).Interface().(union); ok {
			text = "expected " + u.forms()
		}
	}
	if detail.Location == "" {
		return wrong("", "the body: %s", text)
	}
	return wrong(detail.Location, "%s: %s", detail.Location, text)
}

// field is one of a body.
type field struct {
	name string
	reflect.StructField
}

// fields goes over the fields of a type, and of those that it embeds.
func fields(t reflect.Type) func(yield func(field) bool) {
	return func(yield func(field) bool) {
		if t.Kind() != reflect.Struct {
			return
		}
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.Anonymous && name != "" && !yield(field{name, f}) {
				return
			}
		}
	}
}

func mapKeys(m map[string]reflect.Type) (keys []string) {
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}

// invalidAt is the first byte that is no part of a character.
func invalidAt(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(text)
}

// writeJSON answers.
func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"the answer is no JSON","error_type":"Backend"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // a client that has left reads nothing
}
