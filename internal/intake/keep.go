package intake

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
)

// DecodeKeeping is [Decode] into a struct. It gives the members that the struct has no field for, as they stand there.
func DecodeKeeping(text []byte, into any) (others map[string]json.RawMessage, err error) {
	if err := Decode(text, into); err != nil {
		return nil, err
	}
	if err := Decode(text, &others); err != nil {
		return nil, err
	}
	t := reflect.TypeOf(into).Elem()
	for i := range t.NumField() {
		if name, ok := key(t.Field(i)); ok {
			delete(others, name)
		}
	}
	return others, nil
}

// Encode writes a struct and other members as one object, as Python's json.dumps does with sorted keys and an indent of 2. Where both
// have a key, the struct's value counts.
func Encode(own any, others map[string]json.RawMessage) ([]byte, error) {
	text, err := json.Marshal(own)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(others)
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	text, err = json.MarshalIndent(all, "", "  ")
	return append(text, '\n'), err
}

// key is how a field is spelt in JSON; ok is false for one that is not there.
func key(field reflect.StructField) (name string, ok bool) {
	name, _, _ = strings.Cut(field.Tag.Get("json"), ",")
	if name == "" {
		name = field.Name
	}
	return name, field.IsExported() && name != "-"
}
