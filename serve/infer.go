package serve

import (
	"gobert/data/labelled"
)

// inferred asks the route that fits the model, and makes tensors of its answer.
func (c *call) inferred(m *model, given map[string][]string) ([]tensor, error) {
	texts := given["text"]
	switch m.kind() {
	case labelled.Classify:
		return c.inferLabels(m, texts, given["pair"])
	case labelled.Tag:
		list, err := c.entities(m, lines{list: texts}, "")
		if err != nil {
			return nil, err
		}
		out, err := objects("entities", list)
		return []tensor{out}, err
	case labelled.Span:
		return c.inferAnswers(m, given["question"], given["context"])
	case labelled.Choice:
		return c.inferChoices(m, texts, given["choices"])
	}
	if m.pipe.HasMasks() {
		return c.inferBlanks(m, texts)
	}
	list, err := embed(c, &embedRequest{Model: m.name, Inputs: words(texts)})
	if err != nil {
		return nil, err
	}
	flat := make([]float32, 0, len(list)*len(list[0]))
	for _, v := range list {
		flat = append(flat, v...)
	}
	return []tensor{{Name: "embedding", Shape: []int{len(list), len(list[0])}, Datatype: floatType, Data: flat}}, nil
}

// words are texts as an input.
func words(texts []string) (in input) {
	for _, t := range texts {
		in.list = append(in.list, text{words: t})
	}
	return in
}

func (c *call) inferLabels(m *model, texts, seconds []string) ([]tensor, error) {
	in := pairs{}
	for i, t := range texts {
		one := []string{t}
		if seconds != nil {
			one = append(one, seconds[i])
		}
		in.list = append(in.list, one)
	}
	w, err := c.classified(m, "inputs", in, Cutting{})
	if err != nil {
		return nil, err
	}
	list, err := c.chances(w, false)
	if err != nil {
		return nil, err
	}
	labels, scores := make([]string, len(list)), make([]float32, len(list))
	for i, all := range list {
		labels[i], scores[i] = all[0].Label, all[0].Score
	}
	whole, err := objects("labels", list)
	return []tensor{textTensor("label", labels), numbers("score", floatType, scores), whole}, err
}

func (c *call) inferAnswers(m *model, questions, contexts []string) ([]tensor, error) {
	in := &answerRequest{Model: m.name}
	for i := range questions {
		in.Inputs = append(in.Inputs, question{questions[i], contexts[i]})
	}
	list, err := answer(c, in)
	if err != nil {
		return nil, err
	}
	answers, scores := make([]string, len(list)), make([]float32, len(list))
	starts, ends := make([]int, len(list)), make([]int, len(list))
	for i, a := range list {
		answers[i], scores[i], starts[i], ends[i] = a.Answer, a.Score, a.Start, a.End
	}
	return []tensor{textTensor("answer", answers), numbers("score", floatType, scores), numbers("start", intType, starts), numbers("end", intType, ends)}, nil
}

func (c *call) inferChoices(m *model, texts, all []string) ([]tensor, error) {
	in, each := &chooseRequest{Model: m.name}, len(all)/len(texts)
	if each < 2 {
		return nil, wrong("inputs", "choices: %d for each text, expected 2 at least", each)
	}
	for i, t := range texts {
		in.Inputs = append(in.Inputs, prompt{t, all[i*each : (i+1)*each]})
	}
	list, err := choose(c, in)
	if err != nil {
		return nil, err
	}
	picks, scores := make([]int, len(list)), make([]float32, len(list))
	for i, p := range list {
		picks[i], scores[i] = p.Index, p.Score
	}
	return []tensor{numbers("choice", intType, picks), numbers("score", floatType, scores)}, nil
}

func (c *call) inferBlanks(m *model, texts []string) ([]tensor, error) {
	list, err := c.filled(m, lines{list: texts}, 0)
	if err != nil {
		return nil, err
	}
	whole := make([]string, len(list))
	for i, f := range list {
		whole[i] = f.Filled
	}
	masks, err := objects("masks", list)
	return []tensor{textTensor("filled", whole), masks}, err
}
