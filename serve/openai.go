package serve

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"

	"github.com/danielgtaylor/huma/v2"
)

// embeddingsRequest is OpenAI's.
type embeddingsRequest struct {
	Model      string `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Input      input  `json:"input"`
	Format     string `json:"encoding_format,omitempty" enum:"float,base64" doc:"Default: float."`
	Dimensions *int   `json:"dimensions,omitempty" nullable:"true" minimum:"1" doc:"Keep so many numbers of each vector, which is of length 1 again if the model's are."`
	User       string `json:"user,omitempty" nullable:"true" doc:"Is not used."`
}

// usage counts tokens.
type usage struct {
	Prompt int `json:"prompt_tokens"`
	Total  int `json:"total_tokens"`
}

// embeddings is the answer.
type embeddings struct {
	Object string            `json:"object"`
	Data   []embeddingObject `json:"data"`
	Model  string            `json:"model"`
	Usage  usage             `json:"usage"`
}

type embeddingObject struct {
	Object string `json:"object"`
	Index  int    `json:"index"`
	Vector vector `json:"embedding"`
}

// vector is written as numbers, or as their bytes, the least significant first, in base64.
type vector struct {
	numbers []float32
	bytes   bool
}

// Schema describes both forms.
func (*vector) Schema(huma.Registry) *huma.Schema {
	return anyOf(listOf(&huma.Schema{Type: huma.TypeNumber, Format: "float"}), stringSchema())
}

// MarshalJSON writes it.
func (v vector) MarshalJSON() ([]byte, error) {
	if !v.bytes {
		return json.Marshal(v.numbers)
	}
	raw := make([]byte, 0, 4*len(v.numbers))
	for _, x := range v.numbers {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
	}
	return json.Marshal(base64.StdEncoding.EncodeToString(raw))
}

func openAIEmbeddings(c *call, in *embeddingsRequest) (*embeddings, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	e, w, err := c.embedding(m, wanted{}, "input", in.Input, Cutting{})
	if err != nil {
		return nil, err
	}
	vectors, err := c.vectors(w, e, in.Dimensions, true)
	if err != nil {
		return nil, err
	}
	out := &embeddings{Object: "list", Model: m.name, Data: []embeddingObject{}, Usage: usage{c.facts.tokens, c.facts.tokens}}
	for i, v := range vectors {
		out.Data = append(out.Data, embeddingObject{"embedding", i, vector{v, in.Format == "base64"}})
	}
	return out, nil
}

// modelList is what OpenAI's clients ask first.
type modelList struct {
	Object string        `json:"object"`
	Data   []listedModel `json:"data"`
}

type listedModel struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	Owner   string `json:"owned_by"`
}

func listModels(c *call) (*modelList, error) {
	out := &modelList{Object: "list", Data: []listedModel{}}
	for _, m := range c.models() {
		out.Data = append(out.Data, listedModel{ID: m.name, Object: "model", Owner: "gobert"})
	}
	return out, nil
}

// openAIRoutes are those below /v1, and Cohere's.
func (s *Server) openAIRoutes() {
	for path, id := range map[string]string{"/v1/embeddings": "openAIEmbeddings", "/embeddings": "embeddings"} {
		post(s, path, description{id, "vectors", "Vectors, as OpenAI's clients ask for them", "", map[string]any{"input": "What is deep learning?"}}, openAIEmbeddings)
	}
	for path, id := range map[string]string{"/v1/rerank": "jinaRerank", "/v2/rerank": "cohereRerank"} {
		post(s, path, description{id, "rankings", "The best of some documents, as Jina's and Cohere's clients ask for them", "", map[string]any{
			"query": "What is deep learning?", "documents": []string{"Deep learning is a kind of machine learning.", "Cheese is made of milk."},
		}}, cohereRerank)
	}
	get(s, "/v1/models", false, description{"listModels", "server", "The models, as OpenAI's clients list them", "", nil}, listModels)
}
