package serve

import (
	"net/http"
	"strings"

	"gobert/data/labelled"
)

// info is text-embeddings-inference's, of the model that is asked for, and what else there is.
type info struct {
	ID          string         `json:"model_id"`
	Served      string         `json:"served_model_name"`
	Base        string         `json:"base_model_name,omitempty" doc:"Name of the model that it is a LoRA adapter over."`
	DType       string         `json:"model_dtype"`
	Type        map[string]any `json:"model_type" doc:"classifier, embedding or reranker, as text-embeddings-inference has it; else what the model is for."`
	Requests    int            `json:"max_concurrent_requests"`
	Input       int            `json:"max_input_length" doc:"Tokens of a text."`
	BatchTokens int            `json:"max_batch_tokens"`
	QueueTokens int            `json:"max_queue_tokens"`
	Texts       int            `json:"max_client_batch_size"`
	Truncate    bool           `json:"auto_truncate"`
	Version     string         `json:"version"`
	Routes      []string       `json:"routes" doc:"Routes that the model answers on."`
	Models      []string       `json:"models" doc:"Names of all models, for the field model of a body."`
}

func (c *call) info() (*info, error) {
	m, err := c.named(c.r.URL.Query().Get("model"))
	if err != nil {
		return nil, err
	}
	out := &info{
		ID: m.pipe.Model.Folder, Served: m.name, DType: m.pipe.Model.Compute.String(), Type: m.describe(), Requests: c.options.Requests,
		Input: m.pipe.Features().MaxLength, BatchTokens: m.budget, QueueTokens: m.limit, Texts: c.options.Texts, Truncate: true,
		Version: Version(), Routes: m.routes(), Models: []string{},
	}
	if m.base != nil {
		out.Base = m.base.name
	}
	if m.kind() == "" {
		if e, err := m.embedder(wanted{}); err == nil {
			out.Input = e.MaxLength
		}
	}
	for _, other := range c.models() {
		out.Models = append(out.Models, other.name)
	}
	return out, nil
}

// describe says what a model is for.
func (m *model) describe() map[string]any {
	switch kind := m.kind(); {
	case m.ranks() == nil:
		return map[string]any{"reranker": m.labelMaps()}
	case kind == labelled.Classify:
		return map[string]any{"classifier": m.labelMaps()}
	case kind != "":
		return map[string]any{string(kind): m.labelMaps()}
	case m.pipe.HasMasks():
		return map[string]any{"fill": map[string]any{"next": m.pipe.HasNext()}}
	}
	e, err := m.embedder(wanted{})
	if err != nil {
		return map[string]any{}
	}
	return map[string]any{"embedding": map[string]any{"pooling": e.Pooling.String(), "width": e.Width}}
}

func (m *model) labelMaps() map[string]any {
	names, ids := map[int]string{}, map[string]int{}
	if m.pipe.Model.Labels != nil {
		for i, name := range m.pipe.Model.Labels.Names {
			names[i], ids[name] = name, i
		}
	}
	return map[string]any{"id2label": names, "label2id": ids}
}

// routes are those of our own and text-embeddings-inference that fit the model.
func (m *model) routes() (list []string) {
	switch kind := m.kind(); {
	case m.ranks() == nil:
		list = []string{"/rerank", "/predict"}
	case kind == labelled.Classify:
		list = []string{"/predict"}
	case kind == labelled.Tag:
		list = []string{"/tags"}
	case kind == labelled.Span:
		list = []string{"/answer"}
	case kind == labelled.Choice:
		list = []string{"/choose"}
	}
	if m.pipe.HasMasks() {
		list = append(list, "/fill", "/embed_sparse")
	}
	if m.pipe.HasNext() {
		list = append(list, "/next")
	}
	if m.splade() {
		return append(list, "/tokenize")
	}
	return append(list, "/embed", "/similarity", "/tokenize")
}

// fitting says which routes to ask.
func (m *model) fitting() string { return strings.Join(m.routes(), " or ") }

// health is empty where all is well.
func (c *call) health() (any, error) {
	if !c.isReady() {
		return nil, &problem{status: http.StatusServiceUnavailable, kind: unhealthy, text: "not ready: models are being loaded, or the server is about to end"}
	}
	return struct{}{}, nil
}
