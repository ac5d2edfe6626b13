package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Explained says in plain words what [json.Unmarshal] found where a struct has another kind of value. Other errors stay as they are.
func Explained(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	where := wrong.Field
	if where == "" {
		where = "the value"
	}
	first, _, _ := strings.Cut(wrong.Value, " ") // of "number 1e400"
	words := map[string]string{"number": "a number", "string": "a text", "array": "a list", "object": "an object", "bool": "true or false"}
	is, known := words[first]
	if !known {
		is = wrong.Value
	}
	return fmt.Errorf("%s is %s, expected %s", where, is, kind(wrong.Type))
}
