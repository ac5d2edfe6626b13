package intake

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"gobert/internal/fault"
)

// Decode is [json.Unmarshal] with exact keys, in structs at any depth, and with errors for people. What the text does not
// mention stays as it is in into; null is nothing for texts, lists, objects and pointers, and a fault for a number.
func Decode(text []byte, into any) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return errors.New("the file is empty, expected JSON")
	}
	if bytes.HasPrefix(text, []byte{0xEF, 0xBB, 0xBF}) {
		return fault.New("line 1: a byte order mark, expected JSON").Advise("save the file without it")
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, new(json.RawMessage)); errors.As(err, &syntax) {
		return fmt.Errorf("line %d: no JSON: %w", Line(text, int(syntax.Offset)), err)
	} else if err != nil {
		return err
	}
	return decode(text, reflect.ValueOf(into).Elem(), "")
}

// Member decodes one member of an object in the same way. One that is missing or null leaves into as it is.
func Member(members map[string]json.RawMessage, key string, into any) error {
	if IsNull(members[key]) {
		return nil
	}
	return decode(members[key], reflect.ValueOf(into).Elem(), key)
}

// Line is the number, from 1, of the line in which an offset lies.
func Line(text []byte, offset int) int {
	return bytes.Count(text[:min(max(offset, 0), len(text))], []byte{'\n'}) + 1
}

// IsNull says whether a member is null or not there.
func IsNull(member json.RawMessage) bool {
	member = bytes.TrimSpace(member)
	return len(member) == 0 || string(member) == "null"
}

var (
	ownJSON = reflect.TypeFor[json.Unmarshaler]()
	ownText = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// decode fills one value; path is where it stands, for errors.
func decode(raw json.RawMessage, into reflect.Value, path string) error {
	t := into.Type()
	if reflect.PointerTo(t).Implements(ownJSON) || reflect.PointerTo(t).Implements(ownText) {
		return plain(raw, into, path)
	}
	switch t.Kind() {
	case reflect.Pointer:
		if IsNull(raw) {
			into.SetZero()
			return nil
		}
		if into.IsNil() {
			into.Set(reflect.New(t.Elem()))
		}
		return decode(raw, into.Elem(), path)
	case reflect.Struct:
		return object(raw, into, path)
	case reflect.Slice:
		return list(raw, into, path)
	case reflect.Map:
		return table(raw, into, path)
	case reflect.String, reflect.Interface:
		if IsNull(raw) {
			into.SetZero()
			return nil
		}
	case reflect.Bool, reflect.Int, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		if IsNull(raw) {
			return mismatch(raw, t, path) // or a default would stand for it, in silence
		}
	}
	return plain(raw, into, path)
}

// plain leaves a value without keys of its own to the standard library.
func plain(raw json.RawMessage, into reflect.Value, path string) error {
	if err := json.Unmarshal(raw, into.Addr().Interface()); err != nil {
		return mismatch(raw, into.Type(), path)
	}
	return nil
}

// object fills the fields of a struct.
func object(raw json.RawMessage, into reflect.Value, path string) error {
	if IsNull(raw) {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return mismatch(raw, into.Type(), path)
	}
	for i := range into.NumField() {
		name, ok := key(into.Type().Field(i))
		if member, there := members[name]; ok && there {
			if err := decode(member, into.Field(i), join(path, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// list fills a slice anew.
func list(raw json.RawMessage, into reflect.Value, path string) error {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return mismatch(raw, into.Type(), path)
	}
	if items == nil {
		into.SetZero()
		return nil
	}
	into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
	for i, item := range items {
		if err := decode(item, into.Index(i), join(path, strconv.Itoa(i))); err != nil {
			return err
		}
	}
	return nil
}

// table fills a map anew; its keys are words or whole numbers.
func table(raw json.RawMessage, into reflect.Value, path string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return mismatch(raw, into.Type(), path)
	}
	if members == nil {
		into.SetZero()
		return nil
	}
	t := into.Type()
	into.Set(reflect.MakeMapWithSize(t, len(members)))
	for name, member := range members {
		key := reflect.New(t.Key()).Elem()
		if t.Key().Kind() == reflect.String {
			key.SetString(name)
		} else {
			n, err := strconv.ParseInt(name, 10, 64)
			if err != nil || key.OverflowInt(n) {
				return fmt.Errorf("%s has the key %q, expected a whole number", path, name)
			}
			key.SetInt(n)
		}
		value := reflect.New(t.Elem()).Elem()
		if err := decode(member, value, join(path, name)); err != nil {
			return err
		}
		into.SetMapIndex(key, value)
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// mismatch says what stands where something else was expected.
func mismatch(raw json.RawMessage, t reflect.Type, path string) error {
	is := string(raw)
	const most = 40
	switch first := bytes.TrimSpace(raw)[0]; {
	case first == '{':
		is = "an object"
	case first == '[':
		is = "a list"
	case len(is) > most:
		is = strings.ToValidUTF8(is[:most], "") + "..."
	}
	if path == "" {
		path = "the file"
	}
	return fmt.Errorf("%s is %s, expected %s", path, is, kind(t))
}

// kind names a type in plain words.
func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Pointer:
		return kind(t.Elem())
	}
	return "something else"
}
