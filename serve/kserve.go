package serve

import (
	"fmt"
	"net/http"
	"slices"

	"gobert/data/labelled"
)

// The Open Inference Protocol, version 2 (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol): texts are
// tensors of bytes, and what they are called depends on what the model is for.

// inferRequest asks a model.
type inferRequest struct {
	ID         string         `json:"id,omitempty"`
	Model      string         `json:"model_name,omitempty" doc:"The name in the path again, as KServe's own client sends it."`
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

const (
	modelVersion = "1"
	contentType  = "content_type" // of a tensor, for people
)

// tensors are the inputs and outputs of a model, the required inputs first.
func (m *model) tensors() (in, out []tensorKind, required int) {
	text := func(name string) tensorKind { return tensorKind{name, bytesType, []int{-1}} }
	number := func(name, kind string, shape ...int) tensorKind {
		return tensorKind{name, kind, append([]int{-1}, shape...)}
	}
	switch m.kind() {
	case labelled.Classify:
		return []tensorKind{text("text"), text("pair")}, []tensorKind{text("label"), number("score", floatType), text("labels")}, 1
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
	if err != nil { // whoever asks this needs no key, and is not told what there is
		return nil, &problem{status: http.StatusNotFound, kind: invalid, field: "model", text: "there is no such model"}
	}
	return &readyAnswer{Ready: true, Name: m.name}, nil
}

// infer asks a model of any kind.
func (c *call) infer(in *inferRequest) (*inferResponse, error) {
	m, err := c.pathModel()
	if err != nil {
		return nil, err
	}
	if path := c.r.PathValue("model"); in.Model != "" && in.Model != path {
		return nil, wrong("model_name", "model_name is %q, and the path asks %q", in.Model, path)
	}
	if err := knownParameters("parameters", in.Parameters, allBinary); err != nil {
		return nil, err
	}
	given, err := m.given(in.Inputs)
	if err != nil {
		return nil, err
	}
	if err := m.gives(in.Outputs); err != nil {
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
	for _, wish := range in.Outputs {
		out.Outputs = append(out.Outputs, outputs[slices.IndexFunc(outputs, func(t tensor) bool { return t.Name == wish.Name })])
	}
	return out, nil
}

// gives refuses outputs that the model does not have, and those that are wanted twice.
func (m *model) gives(wishes []wantedTensor) error {
	_, known, _ := m.tensors()
	wanted := map[string]bool{}
	for i, wish := range wishes {
		field := at("outputs", i, false)
		switch name := wish.Name; {
		case wanted[name]:
			return wrong(field+".name", "the output %q is wanted twice", name)
		case !slices.ContainsFunc(known, func(k tensorKind) bool { return k.Name == name }):
			return wrong(field+".name", "%s gives no output %q", m.name, name)
		}
		if err := knownParameters(field+".parameters", wish.Parameters, binaryParameter); err != nil {
			return err
		}
		wanted[wish.Name] = true
	}
	return nil
}

// knownParameters refuses parameters but some, which are true or false, or else are a tensor's content type.
func knownParameters(field string, given map[string]any, names ...string) error {
	for name, value := range given {
		_, truth := value.(bool)
		switch {
		case !slices.Contains(names, name):
			return unknown(field+"."+name, "")
		case !truth && name != contentType:
			return wrong(field+"."+name, "%s.%s: expected true or false", field, name)
		}
	}
	return nil
}
