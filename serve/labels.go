package serve

import (
	"cmp"
	"slices"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/task"
)

// predictRequest is text-embeddings-inference's.
type predictRequest struct {
	Model  string `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs pairs  `json:"inputs"`
	Raw    bool   `json:"raw_scores,omitempty" doc:"Give scores as they leave the network, no probabilities."`
	Cutting
}

// chance is a label with its score.
type chance struct {
	Score float32 `json:"score"`
	Label string  `json:"label"`
}

func predict(c *call, in *predictRequest) (any, error) {
	m, err := c.tuned(in.Model, labelled.Classify)
	if err != nil {
		return nil, err
	}
	w, err := c.classified(m, "inputs", in.Inputs, in.Cutting)
	if err != nil {
		return nil, err
	}
	list, err := c.chances(w, in.Raw)
	return asAsked(list, in.Inputs.single, err)
}

// tuned holds a model that a request names, if it is for a kind of task.
func (c *call) tuned(name string, kind labelled.Kind) (*model, error) {
	m, err := c.named(name)
	if err != nil {
		return nil, err
	}
	if own := m.kind(); own != kind {
		is := "not fine-tuned for a task"
		if own != "" {
			is = "for " + string(own)
		}
		return nil, wrong("model", "%s is %s, and this route needs one for %s: ask %s", m.name, is, kind, m.fitting())
	}
	return m, nil
}

// classified cuts texts and pairs into tokens.
func (c *call) classified(m *model, field string, in pairs, cut Cutting) (*work, error) {
	w, err := c.begin(m, field, len(in.list))
	if err != nil {
		return nil, err
	}
	encoder, err := classifier(m.pipe.Model.Tokenizer, m.pipe.Features().MaxLength, cut.fromLeft())
	if err != nil {
		return nil, err
	}
	for i, one := range in.list {
		e, name := labelled.Example{Text: one[0]}, at(field, i, in.single)
		if err := notBlank(name, one[0]); err != nil {
			return nil, err
		}
		if len(one) > 1 {
			e.Pair, e.HasPair = one[1], true
			if err := notBlank(name, one[1]); err != nil {
				return nil, err
			}
		}
		if err := c.encode(w, encoder, e, name, cut); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// chances are all labels of each text with their scores, the best first.
func (c *call) chances(w *work, raw bool) ([][]chance, error) {
	outputs, err := c.run(w, &w.predict)
	if err != nil {
		return nil, err
	}
	list, names := make([][]chance, len(outputs)), w.pipe.Model.Labels.Names
	decoding := w.pipe.Decoding()
	decoding.Top = len(names)
	for i, s := range w.scored(outputs) {
		list[i] = []chance{}
		p := w.pipe.Model.Predict(s, decoding)
		switch {
		case raw || len(p.Values) > 0:
			for k, x := range s.Rows {
				list[i] = append(list[i], chance{x, names[k]})
			}
			slices.SortStableFunc(list[i], func(a, b chance) int { return cmp.Compare(b.Score, a.Score) })
		case p.Value != nil:
			list[i] = append(list[i], chance{*p.Value, names[0]})
		default:
			for _, l := range p.Labels {
				list[i] = append(list[i], chance{l.Probability, l.Label})
			}
		}
	}
	return list, nil
}

// tagsRequest asks for the entities of texts.
type tagsRequest struct {
	Model  string `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs lines  `json:"inputs"`
	How    string `json:"aggregation,omitempty" enum:"none,simple,first,average,max" doc:"How tokens become entities, as in transformers. Default: simple."`
}

func tags(c *call, in *tagsRequest) (any, error) {
	m, err := c.tuned(in.Model, labelled.Tag)
	if err != nil {
		return nil, err
	}
	list, err := c.entities(m, in.Inputs, conll.Strategy(in.How))
	return asAsked(list, in.Inputs.single, err)
}

// entities finds those of texts.
func (c *call) entities(m *model, in lines, how conll.Strategy) ([][]task.Entity, error) {
	decoding := m.pipe.Decoding()
	if how != "" {
		decoding.Strategy = how
	}
	list, err := c.examined(m, "inputs", len(in.list), decoding, func(i int) (labelled.Example, string, error) {
		name := at("inputs", i, in.single)
		return labelled.Example{Text: in.list[i]}, name, notBlank(name, in.list[i])
	})
	entities := make([][]task.Entity, len(list))
	for i, p := range list {
		entities[i] = *p.Entities
	}
	return entities, err
}

// examined predicts for examples of the model's own kind.
func (c *call) examined(m *model, field string, n int, d task.Decoding, example func(i int) (labelled.Example, string, error)) ([]*task.Prediction, error) {
	w, err := c.begin(m, field, n)
	if err != nil {
		return nil, err
	}
	options := m.pipe.Features()
	options.Offsets = true
	encoder, err := m.pipe.Model.Encoder(nil, options)
	if err != nil {
		return nil, err
	}
	for i := range n {
		e, name, err := example(i)
		if err != nil {
			return nil, err
		}
		if err := c.encode(w, encoder, e, name, Cutting{}); err != nil {
			return nil, err
		}
	}
	return c.predictions(w, d)
}
