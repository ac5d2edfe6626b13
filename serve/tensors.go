package serve

import (
	"encoding/json"
)

// tensor is a named array. Its numbers or texts may be nested as the shape is, or flat.
type tensor struct {
	Name       string         `json:"name"`
	Shape      []int          `json:"shape"`
	Datatype   string         `json:"datatype"`
	Parameters map[string]any `json:"parameters,omitempty"`
	Data       any            `json:"data,omitempty"`
}

// datatypes of tensors.
const (
	bytesType, floatType, intType = "BYTES", "FP32", "INT64"
)

// given are the texts of a request by their tensors' names, as flat lists; choices are so many for each text.
func (m *model) given(inputs []tensor) (map[string][]string, error) {
	known, _, required := m.tensors()
	given := map[string][]string{}
	for i, t := range inputs {
		field := at("inputs", i, false)
		expected := ""
		ok := false
		for _, k := range known {
			expected += " " + k.Name
			ok = ok || k.Name == t.Name
		}
		switch {
		case !ok:
			return nil, wrong(field+".name", "%s takes no input %q, but:%s", m.name, t.Name, expected)
		case given[t.Name] != nil:
			return nil, wrong(field+".name", "the input %q is there twice", t.Name)
		case t.Datatype != bytesType:
			return nil, wrong(field+".datatype", "%s is %q, expected BYTES", t.Name, t.Datatype)
		}
		if err := knownParameters(field+".parameters", t.Parameters, contentType); err != nil {
			return nil, err
		}
		list, err := flat(nil, t.Data, field+".data", mostDimensions)
		if err != nil {
			return nil, err
		}
		size := 1
		for _, n := range t.Shape {
			if n < 0 || n > len(list) {
				return nil, wrong(field+".shape", "%s has the shape %v and %d texts", t.Name, t.Shape, len(list))
			}
			size *= n
		}
		if size != len(list) || len(t.Shape) == 0 || len(list) == 0 {
			return nil, wrong(field+".shape", "%s has the shape %v and %d texts, expected as many, and one at least", t.Name, t.Shape, len(list))
		}
		given[t.Name] = list
	}
	for _, k := range known[:required] {
		if given[k.Name] == nil {
			return nil, wrong("inputs", "inputs: %q is missing", k.Name)
		}
	}
	return given, m.sameLengths(given, known)
}

// sameLengths wants as many of each input; of choices a multiple.
func (m *model) sameLengths(given map[string][]string, known []tensorKind) error {
	n := len(given[known[0].Name])
	for _, k := range known[1:] {
		switch list := given[k.Name]; {
		case list == nil:
		case k.Name == "choices" && len(list)%n != 0, k.Name != "choices" && len(list) != n:
			return wrong("inputs", "%s has %d texts, %s has %d", known[0].Name, n, k.Name, len(list))
		}
	}
	return nil
}

// mostDimensions is how deep lists may be nested.
const mostDimensions = 8

// flat are the texts of nested lists.
func flat(list []string, data any, field string, depth int) ([]string, error) {
	one, single := data.(string)
	several, ok := data.([]any)
	switch {
	case single:
		return append(list, one), nil
	case !ok:
		return nil, wrong(field, "%s: expected a text or a list of texts", field)
	case depth == 0:
		return nil, wrong(field, "%s: expected %d dimensions at most", field, mostDimensions)
	}
	for i, inner := range several {
		if one, single = inner.(string); single { // the usual case, which needs no name
			list = append(list, one)
			continue
		}
		var err error
		if list, err = flat(list, inner, at(field, i, false), depth-1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// textTensor is a tensor of texts.
func textTensor(name string, list []string) tensor {
	return tensor{Name: name, Shape: []int{len(list)}, Datatype: bytesType, Data: list}
}

// objects are a tensor of values as JSON texts.
func objects[T any](name string, list []T) (tensor, error) {
	lines := make([]string, len(list))
	for i, x := range list {
		text, err := json.Marshal(x)
		if err != nil {
			return tensor{}, err
		}
		lines[i] = string(text)
	}
	return textTensor(name, lines), nil
}

// numbers is a tensor of numbers.
func numbers[T float32 | int](name, kind string, list []T) tensor {
	return tensor{Name: name, Shape: []int{len(list)}, Datatype: kind, Data: list}
}
