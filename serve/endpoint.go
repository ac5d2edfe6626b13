package serve

import (
	"encoding/json"
	"math"
	"net/http"
	"reflect"
	"strings"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/pipeline"
)

// The root answers for whatever the model is, as text-embeddings-inference does there and at /invocations, where Amazon's containers
// are asked. Hugging Face's InferenceClient posts there, too: its bodies have "parameters", and are answered as its pipelines do
// (https://huggingface.co/docs/inference-providers/tasks/index).

// endpointRequest is for the document: what is read depends on the model.
type endpointRequest struct {
	Model      string         `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs     any            `json:"inputs,omitempty"`
	Parameters map[string]any `json:"parameters,omitempty" doc:"As Hugging Face's InferenceClient sends them."`
}

// endpointRoutes are those two.
func (s *Server) endpointRoutes() {
	for path, id := range map[string]string{"/{$}": "endpoint", "/invocations": "invocations"} {
		at := strings.TrimSuffix(path, "{$}")
		s.document.describe(http.MethodPost, at, description{
			id, "any model", "Asks a model of any kind, as Hugging Face's InferenceClient does",
			"The body is that of the route which fits the model, or has inputs and parameters as InferenceClient sends them.",
			anyBody{"inputs": "I like you."},
		}, reflect.TypeFor[endpointRequest](), reflect.TypeFor[any](), false, false)
		s.add(http.MethodPost, path, false, (*call).endpoint)
	}
	get(s, "/ping", true, description{"ping", "server", "Whether the server is ready, as Amazon's containers are asked", "", nil}, (*call).health)
}

// endpoint answers as the route that fits the model.
func (c *call) endpoint() (any, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	// What is wrong with the body is said by whoever reads all of it.
	var head struct {
		Model  string          `json:"model"`
		Inputs json.RawMessage `json:"inputs"`
		Query  json.RawMessage `json:"query"`
		Hub    json.RawMessage `json:"parameters"`
	}
	_ = json.Unmarshal(body, &head)
	m, err := c.named(head.Model)
	if err != nil {
		return nil, err
	}
	hub := head.Hub != nil && string(head.Hub) != "null"
	switch kind := m.kind(); {
	case kind == labelled.Classify && head.Query != nil:
		return reading(c, body, rerank)
	case kind == labelled.Classify && hub:
		return reading(c, body, hubLabels)
	case kind == labelled.Classify:
		return reading(c, body, predict)
	case kind == labelled.Tag && hub:
		return reading(c, body, hubEntities)
	case kind == labelled.Tag:
		return reading(c, body, tags)
	case kind == labelled.Span && (hub || len(head.Inputs) > 0 && head.Inputs[0] == '{'):
		return reading(c, body, hubAnswer)
	case kind == labelled.Span:
		return reading(c, body, answer)
	case kind == labelled.Choice:
		return reading(c, body, choose)
	case m.splade() && !hub:
		return reading(c, body, embedSparse)
	case m.pipe.HasMasks() && hub:
		return reading(c, body, hubMasks)
	case m.pipe.HasMasks():
		return reading(c, body, fill)
	case len(head.Inputs) > 0 && head.Inputs[0] == '{':
		return reading(c, body, similarity)
	}
	return reading(c, body, embed)
}

// hubLabelsRequest is a text classification's.
type hubLabelsRequest struct {
	Model      string `json:"model,omitempty"`
	Inputs     lines  `json:"inputs"`
	Parameters struct {
		Top      *int   `json:"top_k,omitempty" nullable:"true" minimum:"1"`
		Function string `json:"function_to_apply,omitempty" nullable:"true" enum:"sigmoid,softmax,none"`
	} `json:"parameters"`
}

// hubLabels are a list for each text, also where there is one.
func hubLabels(c *call, in *hubLabelsRequest) ([][]chance, error) {
	m, err := c.tuned(in.Model, labelled.Classify)
	if err != nil {
		return nil, err
	}
	all := pairs{single: in.Inputs.single}
	for _, one := range in.Inputs.list {
		all.list = append(all.list, []string{one})
	}
	w, err := c.classified(m, "inputs", all, Cutting{})
	if err != nil {
		return nil, err
	}
	list, err := c.chances(w, in.Parameters.Function != "")
	for i, chances := range list {
		apply(in.Parameters.Function, chances)
		if top := in.Parameters.Top; top != nil {
			list[i] = chances[:min(*top, len(chances))]
		}
	}
	return list, err
}

// apply makes probabilities of logits, the largest first.
func apply(function string, chances []chance) {
	sum, largest := 0.0, float64(chances[0].Score)
	for _, one := range chances {
		sum += math.Exp(float64(one.Score) - largest)
	}
	for i, one := range chances {
		switch x := float64(one.Score); function {
		case "softmax":
			chances[i].Score = float32(math.Exp(x-largest) / sum)
		case "sigmoid":
			chances[i].Score = float32(1 / (1 + math.Exp(-x)))
		}
	}
}

// hubEntitiesRequest is a token classification's.
type hubEntitiesRequest struct {
	Model      string `json:"model,omitempty"`
	Inputs     lines  `json:"inputs"`
	Parameters struct {
		How string `json:"aggregation_strategy,omitempty" nullable:"true" enum:"none,simple,first,average,max"`
	} `json:"parameters"`
}

// hubEntity is a token's label, or that of the words of an entity.
type hubEntity struct {
	Entity string  `json:"entity,omitempty"`
	Group  string  `json:"entity_group,omitempty"`
	Score  float32 `json:"score"`
	Word   string  `json:"word"`
	Start  int     `json:"start"`
	End    int     `json:"end"`
}

func hubEntities(c *call, in *hubEntitiesRequest) (any, error) {
	m, err := c.tuned(in.Model, labelled.Tag)
	if err != nil {
		return nil, err
	}
	how := conll.Strategy(in.Parameters.How)
	found, err := c.entities(m, in.Inputs, how)
	list := make([][]hubEntity, len(found))
	for i, entities := range found {
		list[i] = []hubEntity{}
		for _, e := range entities {
			one := hubEntity{Group: e.Label, Score: e.Score, Word: e.Word, Start: e.Start, End: e.End}
			if how == conll.None {
				one.Entity, one.Group = one.Group, ""
			}
			list[i] = append(list[i], one)
		}
	}
	return asAsked(list, in.Inputs.single, err)
}

// hubAnswerRequest is a question's.
type hubAnswerRequest struct {
	Model      string   `json:"model,omitempty"`
	Inputs     question `json:"inputs"`
	Parameters struct{} `json:"parameters,omitempty"`
}

func hubAnswer(c *call, in *hubAnswerRequest) (*found, error) {
	list, err := answer(c, &answerRequest{Model: in.Model, Inputs: []question{in.Inputs}})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// hubMasksRequest is that of masked words.
type hubMasksRequest struct {
	Model      string `json:"model,omitempty"`
	Inputs     lines  `json:"inputs"`
	Parameters struct {
		Top int `json:"top_k,omitempty" nullable:"true" minimum:"1" maximum:"100"`
	} `json:"parameters"`
}

// hubGuess is a word for a mask.
type hubGuess struct {
	Score    float64 `json:"score"`
	ID       int32   `json:"token"`
	Token    string  `json:"token_str"`
	Sequence string  `json:"sequence"`
}

// hubMasks is a list of guesses for a text with one mask, a list for each mask where there are several, and a list of those for several texts.
func hubMasks(c *call, in *hubMasksRequest) (any, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	list, err := c.filled(m, in.Inputs, in.Parameters.Top)
	if err != nil {
		return nil, err
	}
	all := make([]any, len(list))
	for i, f := range list {
		masks := m.sequences(f)
		if all[i] = masks; len(masks) == 1 {
			all[i] = masks[0]
		}
	}
	return asAsked(all, in.Inputs.single, nil)
}

// sequences are the guesses of each mask with the text that each makes. As in transformers, a text that has other masks keeps its special tokens.
func (m *model) sequences(f pipeline.Filled) [][]hubGuess {
	t := m.pipe.Model.Tokenizer
	special, one := t.Special(), len(f.Masks) == 1
	ids := append(t.AppendIDs([]int32{special.Cls}, f.Text), special.Sep)
	masks := make([][]hubGuess, 0, len(f.Masks))
	for k, id := range ids {
		if id != special.Mask {
			continue
		}
		var list []hubGuess
		for _, g := range f.Masks[len(masks)] {
			ids[k] = g.ID
			list = append(list, hubGuess{g.Probability, g.ID, g.Token, t.Decode(ids, one, one)})
		}
		ids[k] = id
		masks = append(masks, list)
	}
	return masks
}
