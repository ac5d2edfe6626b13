package serve

import (
	"maps"
	"slices"

	"gobert/data/labelled"
	"gobert/task"
)

// answerRequest asks questions of texts.
type answerRequest struct {
	Model  string     `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs []question `json:"inputs"`
	Best   int        `json:"best,omitempty" minimum:"0" maximum:"20" doc:"Give so many of the best answers as well."`
}

type question struct {
	Question string `json:"question"`
	Context  string `json:"context"`
}

// found is an answer, which stands in the context.
type found struct {
	Answer string           `json:"answer" doc:"Empty where the text has none, if the model may say so."`
	Score  float32          `json:"score"`
	Start  int              `json:"start" doc:"In characters of the context."`
	End    int              `json:"end"`
	Best   []task.Candidate `json:"best,omitempty"`
}

func answer(c *call, in *answerRequest) ([]found, error) {
	m, err := c.tuned(in.Model, labelled.Span)
	if err != nil {
		return nil, err
	}
	decoding := m.pipe.Decoding()
	decoding.Best = in.Best
	list, err := c.examined(m, "inputs", len(in.Inputs), decoding, func(i int) (labelled.Example, string, error) {
		q, name := in.Inputs[i], at("inputs", i, false)
		err := notBlank(name+".question", q.Question)
		if err == nil {
			err = notBlank(name+".context", q.Context)
		}
		return labelled.Example{Text: q.Question, Pair: q.Context, HasPair: true}, name, err
	})
	answers := make([]found, len(list))
	for i, p := range list {
		answers[i] = found{Answer: *p.Answer, Best: p.Best}
		if p.Score != nil {
			answers[i].Score, answers[i].Start, answers[i].End = *p.Score, *p.Start, *p.End
		}
		if answers[i].Start == answers[i].End { // SQuAD's program writes "empty" where a context has nothing to choose from
			answers[i].Answer = ""
		}
	}
	return answers, err
}

// chooseRequest asks how texts go on.
type chooseRequest struct {
	Model  string   `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs []prompt `json:"inputs"`
}

type prompt struct {
	Text    string   `json:"text"`
	Choices []string `json:"choices" minItems:"2" maxItems:"100"`
}

// choice is how a text goes on best.
type choice struct {
	Index int     `json:"choice"`
	Text  string  `json:"text"`
	Score float32 `json:"score"`
}

func choose(c *call, in *chooseRequest) ([]choice, error) {
	m, err := c.tuned(in.Model, labelled.Choice)
	if err != nil {
		return nil, err
	}
	if err := c.few("inputs", len(in.Inputs)); err != nil {
		return nil, err
	}
	sorts := map[int][]int{} // a batch has texts with as many choices
	for i, p := range in.Inputs {
		sorts[len(p.Choices)] = append(sorts[len(p.Choices)], i)
	}
	choices := make([]choice, len(in.Inputs))
	for _, n := range slices.Sorted(maps.Keys(sorts)) {
		list, err := c.examined(m, "inputs", len(sorts[n]), m.pipe.Decoding(), func(i int) (labelled.Example, string, error) {
			p, name := in.Inputs[sorts[n][i]], at("inputs", sorts[n][i], false)
			return labelled.Example{Text: p.Text, Choices: p.Choices}, name, notBlank(name+".text", p.Text)
		})
		if err != nil {
			return nil, err
		}
		for i, p := range list {
			choices[sorts[n][i]] = choice{*p.Choice, p.Label, *p.Probability}
		}
	}
	return choices, nil
}
