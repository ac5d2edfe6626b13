package task

import (
	"slices"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/torch"
)

// tag gives every word a label.
type tag struct{}

// Facts are those of token classification.
func (tag) Facts() Facts {
	return Facts{
		Name: labelled.Tag, Architecture: "BertForTokenClassification", PEFT: "TOKEN_CLS",
		Pipeline: "token-classification", AutoClass: "AutoModelForTokenClassification",
		About: "labels of words", Examples: Examples{"'a text of your own'", "texts.txt", "more.conll"},
		ByToken: true, Labels: true, Weights: true, Smoothing: true,
	}
}

// Declare makes a classifier of tokens.
func (tag) Declare(c bert.Config) (bert.Network, error) { return heads.NewToken(c) }

// Encoder encodes words with their tags, or plain texts.
func (tag) Encoder(m *Model, labels *labelled.Labels, o features.Options) (features.Encoder, error) {
	return features.NewTagger(m.Tokenizer, labels, o)
}

// Targets are tags.
func (tag) Targets(p *torch.Pass, _ bert.Network, b *features.Batch) Targets {
	var rows, tags []int32
	for i, tag := range b.Tags {
		if tag != features.Ignored {
			rows, tags = append(rows, int32(i)), append(tags, tag)
		}
	}
	picked := p.Pick(rows, len(b.Tags), false)
	return Targets{Rows: picked, Labels: classes(p, torch.Label(picked, tags, features.Ignored))}
}

// Logits gives [N,C], or [M,C].
func (tag) Logits(p *torch.Pass, n bert.Network, in *bert.Packed, _ *features.Batch, rows *torch.Picked) *torch.Tensor {
	head := n.(*heads.Token)
	if rows == nil {
		return head.Logits(p, in)
	}
	return head.LogitsOf(p, in, rows.Rows)
}

// Loss is the cross-entropy of the tokens that have a label.
func (tag) Loss(p *torch.Pass, n bert.Network, _ *bert.Packed, logits *torch.Tensor, t Targets, r heads.Regularization) *torch.Tensor {
	return n.(*heads.Token).Loss(p, logits, t.Labels, r)
}

// Distance is that of the distributions of the tokens that have a label.
func (tag) Distance(p *torch.Pass, _ bert.Network, _ *bert.Packed, t *Teacher, teacher, student *torch.Tensor) *torch.Tensor {
	return t.divergence(p, teacher, student)
}

// Labelled counts tokens.
func (tag) Labelled(b *features.Batch) int { return counted(b.Tags) }

// Predict gives the entities of a text, or the tag of each word. A long text was read in windows that overlap.
func (tag) Predict(m *Model, s *Scored, p *Prediction, o Decoding) {
	if len(s.Example.Words) > 0 {
		p.Tags = m.tagWords(s)
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
	var windows [][]conll.Token
	for f := s.First; f < s.End; f++ {
		windows = append(windows, m.tokens(s, f))
	}
	for _, e := range conll.AggregateWindows(text, windows, joined(s, windows), m.Labels.Names, o.Strategy, nil) {
		first := count(e.Start)
		list = append(list, Entity{e.Label, e.Score, e.Word, first, count(e.End)})
	}
	p.Entities = &list
}

// Measures are seqeval's.
func (tag) Measures(*dataset.Dataset) (names []string, main string) {
	return []string{"precision", "recall", "f1", "accuracy"}, "f1"
}

// Results are tags of sentences.
func (tag) Results(m *Model, _ EvaluateOptions) Results {
	return &tags{names: m.Labels.Names, outside: m.outside()}
}

// tokens gives the tokens of a window, without the special ones.
func (m *Model) tokens(s *Scored, f int) (list []conll.Token) {
	b := s.Batch
	for i := b.Offsets[f] + 1; i < b.Offsets[f+1]-1; i++ {
		list = append(list, conll.Token{
			Piece: m.Tokenizer.Token(b.IDs[i]), Unknown: b.IDs[i] == m.Tokenizer.Special().Unk, Index: int(i - b.Offsets[f]),
			Start: int(b.Starts[i]), End: int(b.Ends[i]), Logits: s.token(i),
		})
	}
	return list
}

// joined gives each token of a text once, as the window has it in which it stands furthest from an edge: there the model sees most
// of what is around it.
func joined(s *Scored, windows [][]conll.Token) (list []conll.Token) {
	var edges []int
	for f, window := range windows {
		at := 0 // token of the text at which the window begins
		if f > 0 {
			at = len(list) - shared(s.Batch, s.First+f)
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
func (m *Model) tagWords(s *Scored) []string {
	words := slices.Repeat([]string{m.outside()}, len(s.Example.Words))
	edges := make([]int32, len(words))  // one more than the distance; 0: the word was not seen yet
	starts := make([]int32, len(words)) // where the first token of each word begins
	b := s.Batch
	for f := s.First; f < s.End; f++ {
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
				words[w] = m.Labels.Names[argmax(s.token(i))]
			}
		}
	}
	return words
}

// outside is the label of what is no entity, or the first one.
func (m *Model) outside() string {
	if _, ok := m.Labels.ID("O"); ok {
		return "O"
	}
	return m.Labels.Names[0]
}
