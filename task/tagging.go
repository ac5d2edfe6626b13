package task

import (
	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/features"
)

// predictTags gives the entities of a text, or the tag of each word. A long text was read in windows that overlap.
func (m *Model) predictTags(p *Prediction, s *Scored, o PredictOptions) {
	if len(s.Example.Words) > 0 {
		m.tagWords(p, s)
		return
	}
	list := []Entity{}
	text, at, counted := s.Example.Text, 0, 0 // entities come in order: each letter is counted once
	count := func(offset int) int {
		if offset < at {
			at, counted = 0, 0
		}
		counted += characters(text[at:], offset-at)
		at = offset
		return counted
	}
	windows := make([][]conll.Token, s.Batch.Len())
	for f := range windows {
		windows[f] = m.tokens(s, f)
	}
	for _, e := range conll.AggregateWindows(text, windows, joined(s.Batch, windows), m.Labels.Names, o.Strategy, nil) {
		first := count(e.Start)
		list = append(list, Entity{e.Label, e.Score, e.Word, first, count(e.End)})
	}
	p.Entities = &list
}

// tokens gives the tokens of a window, without the special ones.
func (m *Model) tokens(s *Scored, f int) (list []conll.Token) {
	b := s.Batch
	for i := b.Offsets[f] + 1; i < b.Offsets[f+1]-1; i++ {
		list = append(list, conll.Token{
			Piece: m.Tokenizer.Token(b.IDs[i]), Unknown: b.IDs[i] == m.Tokenizer.Special().Unk, Index: int(i - b.Offsets[f]),
			Start: int(b.Starts[i]), End: int(b.Ends[i]), Logits: s.Scores.Row(int(i)),
		})
	}
	return list
}

// joined gives each token of a text once, as the window has it in which it stands furthest from an edge: there the model sees most
// of what is around it.
func joined(b *features.Batch, windows [][]conll.Token) (list []conll.Token) {
	var edges []int
	for f, window := range windows {
		at := 0 // token of the text at which the window begins
		if f > 0 {
			at = len(list) - shared(b, f)
		}
		for i, t := range window {
			k, edge := at+i, min(i, len(window)-1-i)
			t.Index = k + 1
			switch {
			case k == len(list):
				list, edges = append(list, t), append(edges, edge)
			case edge > edges[k]:
				list[k], edges[k] = t, edge
			}
		}
	}
	return list
}

// shared is how many tokens window f has in common with those before it: those that begin before the last one ended.
func shared(b *features.Batch, f int) int {
	before := b.Offsets[f] - 2 // the last token before [SEP]
	first := b.Offsets[f] + 1
	n := 0
	for i := before; i > b.Offsets[f-1]; i-- {
		n++
		if b.Starts[i] == b.Starts[first] && b.Words[i] == b.Words[first] && b.Ends[i] == b.Ends[first] {
			return n
		}
	}
	return 0
}

// tagWords gives every word the tag of its first token, as the window has it in which that token stands furthest from an edge. A
// word that leaves no token is outside of everything.
func (m *Model) tagWords(p *Prediction, s *Scored) {
	p.Tags = make([]string, len(s.Example.Words))
	edges := make([]int32, len(p.Tags))  // one more than the distance; 0: the word was not seen yet
	starts := make([]int32, len(p.Tags)) // where the first token of each word begins
	for i := range p.Tags {
		p.Tags[i] = outside(m.Labels)
	}
	b := s.Batch
	for f := range b.Len() {
		from, to := b.Offsets[f]+1, b.Offsets[f+1]-1
		for i := from; i < to; i++ {
			w := b.Words[i]
			if edges[w] == 0 {
				starts[w] = b.Starts[i] // The window that has a word first has its first token.
			}
			if b.Starts[i] != starts[w] || i > from && b.Words[i-1] == w {
				continue
			}
			if edge := 1 + min(i-from, to-1-i); edge > edges[w] {
				edges[w] = edge
				p.Tags[w] = m.Labels.Names[argmax(s.Scores.Row(int(i)))]
			}
		}
	}
}

// outside is the label of what is no entity, or the first one.
func outside(labels *labelled.Labels) string {
	if _, ok := labels.ID("O"); ok {
		return "O"
	}
	return labels.Names[0]
}
