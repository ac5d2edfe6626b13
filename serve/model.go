package serve

import (
	"context"
	"sync"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/data/wordpiece"
	"gobert/internal/fault"
	"gobert/pipeline"
	"gobert/task"
)

// model is a trained folder in use, with the queue in front of it.
type model struct {
	name  string // the first of its names
	pipe  *pipeline.Pipeline
	users sync.WaitGroup // requests that hold it
	*batcher

	predict, guess, follow operation

	mu        sync.Mutex
	embedders map[wanted]*embedding
}

// wanted are vectors as a request wants them.
type wanted struct {
	normal string // "true", "false" or, as the folder says, ""
	prompt string // the name of one of the folder's prompts
}

// embedding is one way from texts to vectors.
type embedding struct {
	*pipeline.Embedder
	pooled, states operation
}

// mostGuesses is how many guesses of a mask a request may have.
const mostGuesses = 100

func newModel(name string, p *pipeline.Pipeline, budget, limit int, slot chan struct{}, w watcher) *model {
	if budget == 0 {
		budget = task.Budget(p.Model.Device)
	}
	m := &model{name: name, pipe: p, embedders: map[wanted]*embedding{}, batcher: newBatcher(budget, limit, slot, w)}
	m.predict = operation{"predict", func(b *features.Batch) ([]output, error) {
		out, err := p.Model.Forward(b)
		if err != nil {
			return nil, err
		}
		return rows(out, b, p.Model.Kind.Facts().ByToken), nil
	}}
	m.guess = operation{"fill", m.guesses}
	m.follow = operation{"next", func(b *features.Batch) (list []output, err error) {
		chances, err := p.Follows(&b.Batch)
		for _, chance := range chances {
			list = append(list, output{rows: []float32{float32(chance)}, width: 1})
		}
		return list, err
	}}
	return m
}

// rows parts the scores of a batch.
func rows(out *task.Outputs, b *features.Batch, byToken bool) []output {
	list, at := make([]output, b.Len()), 0
	for i := range list {
		n := out.Width
		if byToken {
			n *= b.Length(i)
		}
		list[i] = output{rows: out.Logits[at : at+n], width: out.Width}
		at += n
	}
	return list
}

// guesses predicts the masks of sequences.
func (m *model) guesses(b *features.Batch) ([]output, error) {
	var sequences [][]int32
	for i := range b.Len() {
		sequences = append(sequences, b.IDs[b.Offsets[i]+1:b.Offsets[i+1]-1])
	}
	all, err := m.pipe.Guess(sequences, mostGuesses)
	if err != nil {
		return nil, err
	}
	list := make([]output, len(sequences))
	for i, ids := range sequences {
		for _, id := range ids {
			if id == m.pipe.Model.Tokenizer.Special().Mask {
				list[i].guesses, all = append(list[i].guesses, all[0]), all[1:]
			}
		}
	}
	return list, nil
}

// embedder finds or makes a way to vectors.
func (m *model) embedder(w wanted) (*embedding, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.embedders[w]; e != nil {
		return e, nil
	}
	vectors := pipeline.Vectors{PromptName: w.prompt}
	if w.normal != "" {
		yes := w.normal == "true"
		vectors.Normalize = &yes
	}
	own, err := m.pipe.EmbedderFor(vectors)
	if err != nil {
		return nil, err
	}
	finite := func(out *task.Outputs, err error) error {
		if err == nil && !bert.Finite(out.Logits) {
			err = fault.New("serve: the vectors of %s hold NaN or infinity", m.name).Advise("the model's weights do, or fp16 is too narrow for them: {compute} fp32")
		}
		return err
	}
	e := &embedding{Embedder: own}
	e.pooled = operation{"embed", func(b *features.Batch) ([]output, error) {
		out, err := own.Forward(b)
		if err := finite(out, err); err != nil {
			return nil, err
		}
		return rows(out, b, false), nil
	}}
	e.states = operation{"embed_all", func(b *features.Batch) ([]output, error) {
		out, err := own.States(b)
		if err := finite(out, err); err != nil {
			return nil, err
		}
		return rows(out, b, true), nil
	}}
	m.embedders[w] = e
	return e, nil
}

// kind is what the model was fine-tuned for; "" where it was not.
func (m *model) kind() labelled.Kind {
	if k := m.pipe.Model.Kind; k != nil {
		return k.Facts().Name
	}
	return ""
}

// warmUp takes every way through the model once, in several lengths, so that no client waits for what is made at first use.
func (m *model) warmUp(ctx context.Context) error {
	t := m.pipe.Model.Tokenizer
	for _, n := range []int{8, 32, 128} {
		b := &features.Batch{}
		ids := make([]int32, max(1, min(n, m.pipe.Model.Positions(), m.limit)-2))
		for i := range ids {
			ids[i] = max(0, t.Special().Mask)
		}
		b.AppendTexts(t.Special().Cls, t.Special().Sep, ids)
		for _, op := range m.operations() {
			if _, err := m.do(ctx, op, b); err != nil {
				return err
			}
		}
	}
	m.forget() // what first passes took
	return nil
}

// operations are those that a plain text goes through.
func (m *model) operations() (list []*operation) {
	switch kind := m.kind(); {
	case kind != "":
		list = append(list, &m.predict)
	case m.pipe.HasMasks():
		list = append(list, &m.guess)
	}
	if e, err := m.embedder(wanted{}); err == nil && m.kind() == "" {
		list = append(list, &e.pooled)
	}
	return list
}

// left is a tokenizer of which a text that is too long loses its beginning.
type left struct{ *wordpiece.Tokenizer }

// TruncationSide is where it is cut.
func (left) TruncationSide() wordpiece.Side { return wordpiece.Left }

// classifier encodes texts and pairs of at most so many tokens.
func classifier(t *wordpiece.Tokenizer, length int, fromLeft bool) (features.Encoder, error) {
	if fromLeft {
		return features.NewClassifier(left{t}, nil, features.Options{MaxLength: length})
	}
	return features.NewClassifier(t, nil, features.Options{MaxLength: length})
}

// free lets the queue run empty, and frees the network.
func (m *model) free() error {
	m.close()
	return m.pipe.Close()
}
