package serve

import (
	"context"
	"sync"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/data/wordpiece"
	"gobert/internal/fault"
	"gobert/internal/over"
	"gobert/internal/torch"
	"gobert/pipeline"
	"gobert/task"
)

// model is a trained folder in use, with the queue in front of it.
type model struct {
	name  string // the first of its names
	pipe  *pipeline.Pipeline
	base  *model         // that an adapter is over, and whose queue it shares; nil: it is none
	users sync.WaitGroup // requests that hold it, and adapters over it
	*batcher

	predict, guess, follow, sparse operation

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

func newModel(name string, p *pipeline.Pipeline, base *model, b *batcher) *model {
	m := &model{name: name, pipe: p, base: base, embedders: map[wanted]*embedding{}, batcher: b}
	if p.Model.Kind != nil {
		m.predict = m.calling("predict", p.Model.Forward, over.Scores(p.Model), p.Model.Kind.Facts().ByToken)
	}
	m.guess = operation{name: "fill", model: name, run: m.guesses}
	m.sparse = operation{name: "embed_sparse", model: name, run: m.weigh}
	m.follow = operation{name: "next", model: name, run: func(b *features.Batch) (list []output, err error) {
		chances, err := p.Follows(&b.Batch)
		for _, chance := range chances {
			list = append(list, output{rows: []float32{float32(chance)}, width: 1})
		}
		return list, err
	}}
	return m
}

// root is the model whose weights it reads.
func (m *model) root() *model {
	if m.base != nil {
		return m.base
	}
	return m
}

// calling is an operation that may share passes.
func (m *model) calling(name string, forward func(b *features.Batch) (*task.Outputs, error), call *over.Call, byToken bool) operation {
	o := operation{name: name, model: m.name, call: call, base: m.root().pipe.Model.Network.Encoder()}
	if m.pipe.Model.Compute == torch.Int8 { // where a sum that is rounded otherwise may become another integer: answers would depend on others
		o.call = nil
	}
	o.rows = func(out *task.Outputs, b *features.Batch) ([]output, error) {
		if !bert.Finite(out.Logits) {
			return nil, fault.New("serve: %s of %s gives NaN or infinity", name, m.name).Advise("the model's weights do, or fp16 is too narrow for them: {compute} fp32")
		}
		return rows(out, b, byToken), nil
	}
	o.run = func(b *features.Batch) ([]output, error) {
		out, err := forward(b)
		if err != nil {
			return nil, err
		}
		return o.rows(out, b)
	}
	return o
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
	e := &embedding{
		Embedder: own, pooled: m.calling("embed", own.Forward, over.Vectors(m.pipe.Model, own), false), states: m.calling("embed_all", own.States, over.States(m.pipe.Model), true),
	}
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
			if err := m.alone(ctx, op, b); err != nil {
				return err
			}
		}
	}
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
	if e, err := m.embedder(wanted{}); err == nil && m.kind() == "" && len(e.Pooling) > 0 {
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

// free frees the network, when no batch has part of it any more.
func (m *model) free() error {
	if m.base == nil {
		m.close() // the queue runs empty
		return m.pipe.Close()
	}
	m.slot <- struct{}{}
	err := m.pipe.Close()
	<-m.slot
	m.base.users.Done()
	return err
}
