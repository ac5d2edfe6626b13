package serve

import (
	"gobert/internal/fault"
	"gobert/pipeline"
)

// fillRequest asks for masked words.
type fillRequest struct {
	Model  string `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs lines  `json:"inputs" doc:"Texts with [MASK] where a word is to be guessed."`
	Top    int    `json:"top,omitempty" minimum:"1" maximum:"100" doc:"Guesses of each mask. Default: 5."`
}

func fill(c *call, in *fillRequest) (any, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	if !m.pipe.HasMasks() {
		return nil, wrong("model", "%s has no head for masks: ask %s", m.name, m.fitting())
	}
	list, err := c.filled(m, in.Inputs, in.Top)
	return asAsked(list, in.Inputs.single, err)
}

// filled guesses the masks of texts.
func (c *call) filled(m *model, in lines, top int) ([]pipeline.Filled, error) {
	if _, err := c.begin(m, "inputs", len(in.list)); err != nil {
		return nil, err
	}
	const usual = 5
	if top == 0 {
		top = usual
	}
	var failed error // of the model or the queue, in contrast to what is wrong with a text
	list, err := m.pipe.FillBy(c, in.list, func(sequences [][]int32) (_ [][]pipeline.Guess, err error) {
		defer func() { failed = err }()
		w, special := &work{model: m}, m.pipe.Model.Tokenizer.Special()
		for _, ids := range sequences {
			w.batch.AppendTexts(special.Cls, special.Sep, ids)
			if err := c.took(w, "inputs"); err != nil {
				return nil, err
			}
		}
		if err := short("inputs", top*w.masks()); err != nil {
			return nil, err
		}
		outputs, err := c.run(w, &m.guess)
		if err != nil {
			return nil, err
		}
		var guesses [][]pipeline.Guess
		for _, out := range outputs {
			for _, mask := range out.guesses {
				guesses = append(guesses, mask[:min(top, len(mask))])
			}
		}
		return guesses, nil
	})
	switch {
	case failed != nil:
		return nil, failed
	case c.Err() != nil:
		return nil, c.Err()
	case err != nil:
		return nil, wrong("inputs", "inputs: %s", fault.Text(err))
	}
	return list, nil
}

// masks counts those of the work.
func (w *work) masks() (n int) {
	for _, id := range w.batch.IDs {
		if id == w.pipe.Model.Tokenizer.Special().Mask {
			n++
		}
	}
	return n
}

// nextRequest asks whether sentences follow each other.
type nextRequest struct {
	Model  string      `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs [][2]string `json:"inputs" doc:"Pairs of texts."`
}

// follows is how probable it is that the second text of a pair follows the first.
type follows struct {
	Score float32 `json:"score"`
}

func next(c *call, in *nextRequest) ([]follows, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	if !m.pipe.HasNext() {
		return nil, wrong("model", "%s has no head for next sentences: ask %s", m.name, m.fitting())
	}
	w, err := c.begin(m, "inputs", len(in.Inputs))
	if err != nil {
		return nil, err
	}
	t := m.pipe.Model.Tokenizer
	for i, pair := range in.Inputs {
		name := at("inputs", i, false)
		for _, text := range pair {
			if err := notBlank(name, text); err != nil {
				return nil, err
			}
		}
		w.batch.AppendTexts(t.Special().Cls, t.Special().Sep, t.AppendIDs(nil, pair[0]), t.AppendIDs(nil, pair[1]))
		if n, most := w.batch.Length(i), m.pipe.Model.Positions(); n > most {
			return nil, large(name, "%s has %d tokens, the model reads %d", name, n, most)
		}
		if err := c.took(w, name); err != nil {
			return nil, err
		}
	}
	outputs, err := c.run(w, &m.follow)
	list := make([]follows, len(outputs))
	for i, out := range outputs {
		list[i].Score = out.rows[0]
	}
	return list, err
}
