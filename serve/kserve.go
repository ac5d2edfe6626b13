package serve

import (
	"encoding/json"
	"fmt"
	"net/http"

	"gobert/data/labelled"
)

// The Open Inference Protocol, version 2 (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol): texts are
// tensors of bytes, and what they are called depends on what the model is for.

// tensor is a named array. Its numbers or texts may be nested as the shape is, or flat.
type tensor struct {
	Name       string         `json:"name"`
	Shape      []int          `json:"shape"`
	Datatype   string         `json:"datatype"`
	Parameters map[string]any `json:"parameters,omitempty"`
	Data       any            `json:"data,omitempty"`
}

// inferRequest asks a model.
type inferRequest struct {
	ID         string         `json:"id,omitempty"`
	Parameters map[string]any `json:"parameters,omitempty" doc:"binary_data_output alone is known."`
	Inputs     []tensor       `json:"inputs" minItems:"1"`
	Outputs    []wantedTensor `json:"outputs,omitempty" doc:"The tensors that are wanted. Default: those of the model's kind."`
}

type wantedTensor struct {
	Name       string         `json:"name"`
	Parameters map[string]any `json:"parameters,omitempty" doc:"binary_data alone is known."`
}

// inferResponse is what it says.
type inferResponse struct {
	Model   string   `json:"model_name"`
	Version string   `json:"model_version"`
	ID      string   `json:"id,omitempty"`
	Outputs []tensor `json:"outputs"`
}

// serverMetadata says what the server is.
type serverMetadata struct {
	Name       string   `json:"name"`
	Version    string   `json:"version"`
	Extensions []string `json:"extensions"`
}

// modelMetadata says what a model takes and gives.
type modelMetadata struct {
	Name     string       `json:"name"`
	Versions []string     `json:"versions"`
	Platform string       `json:"platform"`
	Inputs   []tensorKind `json:"inputs"`
	Outputs  []tensorKind `json:"outputs"`
}

type tensorKind struct {
	Name     string `json:"name"`
	Datatype string `json:"datatype"`
	Shape    []int  `json:"shape"`
}

const modelVersion = "1"

// datatypes of tensors.
const (
	bytesType, floatType, intType = "BYTES", "FP32", "INT64"
)

// tensors are the inputs and outputs of a model, the required inputs first.
func (m *model) tensors() (in, out []tensorKind, required int) {
	text := func(name string) tensorKind { return tensorKind{name, bytesType, []int{-1}} }
	number := func(name, kind string, shape ...int) tensorKind {
		return tensorKind{name, kind, append([]int{-1}, shape...)}
	}
	switch m.kind() {
	case labelled.Classify:
		return []tensorKind{text("text"), text("pair")}, []tensorKind{text("label"), number("score", floatType)}, 1
	case labelled.Tag:
		return []tensorKind{text("text")}, []tensorKind{text("entities")}, 1
	case labelled.Span:
		return []tensorKind{text("question"), text("context")},
			[]tensorKind{text("answer"), number("score", floatType), number("start", intType), number("end", intType)}, 2
	case labelled.Choice:
		return []tensorKind{text("text"), number("choices", bytesType, -1)}, []tensorKind{number("choice", intType), number("score", floatType)}, 2
	}
	if m.pipe.HasMasks() {
		return []tensorKind{text("text")}, []tensorKind{text("filled"), text("masks")}, 1
	}
	width := -1
	if e, err := m.embedder(wanted{}); err == nil {
		width = e.Width
	}
	return []tensorKind{text("text")}, []tensorKind{number("embedding", floatType, width)}, 1
}

func (c *call) serverMetadata() (*serverMetadata, error) {
	return &serverMetadata{Name: "gobert", Version: Version(), Extensions: []string{"binary_tensor_data", "model_repository"}}, nil
}

func (c *call) modelMetadata() (*modelMetadata, error) {
	m, err := c.pathModel()
	if err != nil {
		return nil, err
	}
	in, out, _ := m.tensors()
	return &modelMetadata{Name: m.name, Versions: []string{modelVersion}, Platform: "gobert", Inputs: in, Outputs: out}, nil
}

// pathModel holds the model that the path names.
func (c *call) pathModel() (*model, error) {
	if version := c.r.PathValue("version"); version != "" && version != modelVersion {
		return nil, &problem{status: http.StatusNotFound, kind: invalid, text: fmt.Sprintf("there is no version %q, expected %s", version, modelVersion)}
	}
	return c.named(c.r.PathValue("model"))
}

// readyAnswer is that of Triton's and KServe's clients, which look at the status alone.
type readyAnswer struct {
	Ready bool   `json:"ready"`
	Name  string `json:"name,omitempty"`
}

func (c *call) live() (*readyAnswer, error) { return &readyAnswer{Ready: true}, nil }

func (c *call) serverReady() (*readyAnswer, error) {
	_, err := c.health()
	return &readyAnswer{Ready: true}, err
}

func (c *call) modelReady() (*readyAnswer, error) {
	m, err := c.pathModel()
	if err != nil {
		return nil, err
	}
	return &readyAnswer{Ready: true, Name: m.name}, nil
}

// infer asks a model of any kind.
func (c *call) infer(in *inferRequest) (*inferResponse, error) {
	m, err := c.pathModel()
	if err != nil {
		return nil, err
	}
	if err := knownParameters("parameters", in.Parameters, "binary_data_output"); err != nil {
		return nil, err
	}
	given, err := m.given(in.Inputs)
	if err != nil {
		return nil, err
	}
	outputs, err := c.inferred(m, given)
	if err != nil {
		return nil, err
	}
	out := &inferResponse{Model: m.name, Version: modelVersion, ID: in.ID, Outputs: outputs}
	if len(in.Outputs) == 0 {
		return out, nil
	}
	out.Outputs = nil
	for i, wish := range in.Outputs {
		found := false
		for _, t := range outputs {
			if found = t.Name == wish.Name; found {
				out.Outputs = append(out.Outputs, t)
				break
			}
		}
		if !found {
			return nil, wrong(fmt.Sprintf("outputs[%d].name", i), "%s gives no output %q", m.name, wish.Name)
		}
	}
	return out, nil
}

func knownParameters(field string, given map[string]any, names ...string) error {
	for name := range given {
		known := false
		for _, other := range names {
			known = known || name == other
		}
		if !known {
			return wrong(field+"."+name, "%s.%s is not known here", field, name)
		}
	}
	return nil
}

// given are the texts of a request by their tensors' names, as flat lists; choices are so many for each text.
func (m *model) given(inputs []tensor) (map[string][]string, error) {
	known, _, required := m.tensors()
	given := map[string][]string{}
	for i, t := range inputs {
		field := fmt.Sprintf("inputs[%d]", i)
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
		if err := knownParameters(field+".parameters", t.Parameters, "content_type"); err != nil {
			return nil, err
		}
		list, err := flat(nil, t.Data, field+".data")
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

// flat are the texts of nested lists.
func flat(list []string, data any, field string) ([]string, error) {
	switch x := data.(type) {
	case string:
		return append(list, x), nil
	case []any:
		for i, inner := range x {
			var err error
			if list, err = flat(list, inner, fmt.Sprintf("%s[%d]", field, i)); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return nil, wrong(field, "%s: expected a text or a list of texts", field)
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
