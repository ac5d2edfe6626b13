package serve

import (
	"math"
	"strconv"

	"gobert/data/wordpiece"
	"gobert/pipeline"
)

// Asking are fields of several bodies: how a text becomes a vector. It is exported for the schema of these bodies.
type Asking struct {
	Cutting
	Prompt string `json:"prompt_name,omitempty" nullable:"true" doc:"One of the prompts of the model's folder, which comes before each text."`
}

// embedRequest is text-embeddings-inference's.
type embedRequest struct {
	Model      string `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs     input  `json:"inputs"`
	Normalize  *bool  `json:"normalize,omitempty" nullable:"true" doc:"Make vectors of length 1, or not. Default: as the model's folder says."`
	Dimensions *int   `json:"dimensions,omitempty" nullable:"true" minimum:"1" doc:"Keep so many numbers of each vector."`
	Asking
}

func embed(c *call, in *embedRequest) ([][]float32, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	w := wanted{prompt: in.Prompt}
	if in.Normalize != nil {
		w.normal = strconv.FormatBool(*in.Normalize)
	}
	e, work, err := c.embedding(m, w, "inputs", in.Inputs, in.Cutting)
	if err != nil {
		return nil, err
	}
	return c.vectors(work, e, in.Dimensions, in.Normalize == nil || *in.Normalize)
}

// embedding cuts texts into tokens, for vectors.
func (c *call) embedding(m *model, how wanted, field string, in input, cut Cutting) (*embedding, *work, error) {
	e, w, err := c.embedder(m, how, field, len(in.list))
	for i := range in.list {
		if err == nil {
			err = c.append(w, e.Embedder, at(field, i, in.single), &in.list[i], cut)
		}
	}
	return e, w, err
}

// embedder finds the way to vectors, for so many texts.
func (c *call) embedder(m *model, how wanted, field string, texts int) (*embedding, *work, error) {
	w, err := c.begin(m, field, texts)
	if err != nil {
		return nil, nil, err
	}
	e, err := m.embedder(how)
	if err != nil && how.prompt != "" {
		err = wrong("prompt_name", "%s", problemOf(err).text)
	}
	return e, w, err
}

// append adds a text as [CLS] text [SEP]. Ids of a client may have these already.
func (c *call) append(w *work, e *pipeline.Embedder, field string, t *text, cut Cutting) error {
	special := e.Tokenizer.Special()
	var ids []int32
	if given := t.ids; given == nil {
		if err := notBlank(field, t.words); err != nil {
			return err
		}
		ids = e.Tokenizer.AppendIDs(nil, e.Prompt+t.words)
	} else {
		if n := len(given); n >= 2 && given[0] == special.Cls && given[n-1] == special.Sep {
			given = given[1 : n-1]
		}
		if len(given) == 0 {
			return wrong(field, "%s is empty, expected ids of tokens", field)
		}
		if err := w.known(field, given); err != nil {
			return err
		}
		ids = append(e.Tokenizer.AppendIDs(nil, e.Prompt), given...)
	}
	if most := e.MaxLength - 2; len(ids) > most {
		if err := c.wasCut(field, cut); err != nil {
			return err
		}
		if cut.fromLeft() || cut.Direction == "" && e.Tokenizer.TruncationSide() == wordpiece.Left {
			ids = ids[len(ids)-most:]
		} else {
			ids = ids[:most]
		}
	}
	w.batch.AppendTexts(special.Cls, special.Sep, ids)
	return c.took(w, field)
}

// known refuses ids that the tokenizer or the model lacks.
func (m *model) known(field string, ids []int32) error {
	most := min(m.pipe.Model.Tokenizer.Size(), m.pipe.Model.Network.Encoder().Config.VocabSize)
	for _, id := range ids {
		if id < 0 || int(id) >= most {
			return wrong(field, "%s: there is no token %d, expected 0 to %d", field, id, most-1)
		}
	}
	return nil
}

// vectors runs the work, and shortens what comes.
func (c *call) vectors(w *work, e *embedding, dimensions *int, normal bool) ([][]float32, error) {
	if len(e.Pooling) == 0 {
		return nil, wrong("model", "the folder of %s makes sparse vectors: ask %s", w.name, w.fitting())
	}
	keep := e.Width
	if dimensions != nil {
		if keep = *dimensions; keep > e.Width {
			return nil, wrong("dimensions", "dimensions: %d, expected 1 to %d, which the model's vectors have", keep, e.Width)
		}
	}
	outputs, err := c.run(w, &e.pooled)
	if err != nil {
		return nil, err
	}
	list := make([][]float32, len(outputs))
	for i, out := range outputs {
		list[i] = shortened(out.rows, keep, normal)
	}
	return list, nil
}

// shortened keeps the first numbers of a vector. One of length 1 is so again, if that is wanted.
func shortened(v []float32, keep int, normal bool) []float32 {
	if keep == len(v) {
		return v
	}
	const unit = 1e-3
	if math.Abs(norm(v)-1) > unit {
		normal = false
	}
	if v = v[:keep:keep]; normal {
		if n := norm(v); n > 0 {
			for i := range v {
				v[i] = float32(float64(v[i]) / n)
			}
		}
	}
	return v
}

func norm(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// embedAllRequest is text-embeddings-inference's.
type embedAllRequest struct {
	Model  string `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs input  `json:"inputs"`
	Asking
}

func embedAll(c *call, in *embedAllRequest) ([][][]float32, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	e, w, err := c.embedding(m, wanted{prompt: in.Prompt}, "inputs", in.Inputs, in.Cutting)
	if err != nil {
		return nil, err
	}
	if err := short("inputs", w.batch.Tokens()*m.pipe.Model.Network.Encoder().Config.HiddenSize); err != nil {
		return nil, err
	}
	outputs, err := c.run(w, &e.states)
	if err != nil {
		return nil, err
	}
	list := make([][][]float32, len(outputs))
	for i, out := range outputs {
		for from := 0; from < len(out.rows); from += out.width {
			list[i] = append(list[i], out.rows[from:from+out.width])
		}
	}
	return list, nil
}

// similarityRequest is text-embeddings-inference's.
type similarityRequest struct {
	Model  string `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs struct {
		Source    string   `json:"source_sentence"`
		Sentences []string `json:"sentences"`
	} `json:"inputs"`
	Parameters *similarityParameters `json:"parameters,omitempty"`
}

// similarityParameters may be null.
type similarityParameters struct {
	_ struct{} `nullable:"true"`
	Asking
}

func similarity(c *call, in *similarityRequest) ([]float64, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	if in.Parameters == nil {
		in.Parameters = &similarityParameters{}
	}
	if len(in.Inputs.Sentences) == 0 {
		return nil, wrong("inputs.sentences", "inputs.sentences: expected one text at least")
	}
	const field = "inputs.sentences"
	e, w, err := c.embedder(m, wanted{prompt: in.Parameters.Prompt}, field, 1+len(in.Inputs.Sentences))
	if err != nil {
		return nil, err
	}
	if err := c.append(w, e.Embedder, "inputs.source_sentence", &text{words: in.Inputs.Source}, in.Parameters.Cutting); err != nil {
		return nil, err
	}
	for i, sentence := range in.Inputs.Sentences {
		if err := c.append(w, e.Embedder, at(field, i, false), &text{words: sentence}, in.Parameters.Cutting); err != nil {
			return nil, err
		}
	}
	list, err := c.vectors(w, e, nil, false)
	if err != nil {
		return nil, err
	}
	scores := make([]float64, len(list)-1)
	for i := range scores {
		scores[i] = e.Similarity.Of(list[0], list[i+1])
	}
	return scores, nil
}
