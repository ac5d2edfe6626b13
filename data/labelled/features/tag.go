package features

import (
	"strings"

	"gobert/data/labelled"
)

type tagger struct {
	frame
	labels *labelled.Labels
	inside []int32 // the label of later pieces: I-X for B-X, where there is one
	pieces Pieces
	words  []int32
}

// NewTagger encodes words with a tag each, or a plain text without tags; labels may be nil for prediction. Words are cut into
// pieces one by one. A label goes to the first piece of its word (AllPieces: to all); a word that leaves no piece has none.
// Without labels and with a stride, a long text becomes several windows.
func NewTagger(t Tokenizer, labels *labelled.Labels, o Options) (Encoder, error) {
	f, err := newFrame(t, o, defaultLength, leastLength)
	if err == nil {
		err = f.right()
	}
	if err != nil {
		return nil, err
	}
	g := &tagger{frame: f, labels: labels}
	if labels != nil {
		for i, name := range labels.Names {
			id := int32(i)
			if rest, ok := strings.CutPrefix(name, "B-"); ok {
				if k, ok := labels.ID("I-" + rest); ok {
					id = int32(k)
				}
			}
			g.inside = append(g.inside, id)
		}
	}
	return g, nil
}

// Kind is labelled.Tag.
func (g *tagger) Kind() labelled.Kind { return labelled.Tag }

// Clone returns an encoder for another goroutine.
func (g *tagger) Clone() Encoder {
	return &tagger{frame: g.clone(), labels: g.labels, inside: g.inside}
}

// Append encodes a sentence.
func (g *tagger) Append(b *Batch, e *labelled.Example) error {
	if g.labels != nil && e.Labelled {
		if len(e.Tags) != len(e.Words) || len(e.Words) == 0 {
			return labelled.Fault(e.Origin, "%d tags for %d words, expected one for each, and at least one", len(e.Tags), len(e.Words))
		}
		for _, tag := range e.Tags {
			if _, err := g.labels.Class(e.Origin, tag); err != nil {
				return err
			}
		}
	}
	g.cutWords(e)
	room, total := g.options.MaxLength-2, len(g.pieces.IDs)
	if total > room {
		g.cut++
	}
	example := b.nextExample()
	if g.labels != nil || g.options.Stride == 0 {
		g.window(b, e, 0, min(room, total))
		b.mark(example)
		return nil
	}
	for start := 0; ; start += room - g.options.Stride {
		end := min(start+room, total)
		g.window(b, e, start, end)
		b.mark(example)
		if end == total {
			return nil
		}
	}
}

// cutWords fills pieces, with the numbers of the example's words where it has any.
func (g *tagger) cutWords(e *labelled.Example) {
	g.pieces.Reset()
	g.words = g.words[:0]
	if len(e.Words) == 0 {
		g.tokenizer.AppendPieces(&g.pieces, e.Text)
		g.words = append(g.words, g.pieces.Words...)
		return
	}
	for i, word := range e.Words {
		before := len(g.pieces.IDs)
		g.tokenizer.AppendPieces(&g.pieces, word)
		g.words = appendTimes(g.words, int32(i), len(g.pieces.IDs)-before)
	}
}

// window appends the pieces from start to end between special tokens.
func (g *tagger) window(b *Batch, e *labelled.Example, start, end int) {
	b.AppendTexts(g.special.Cls, g.special.Sep, g.pieces.IDs[start:end])
	if g.options.Offsets {
		b.Starts = framed(b.Starts, 1, g.pieces.Starts[start:end])
		b.Ends = framed(b.Ends, 1, g.pieces.Ends[start:end])
		b.Words = framed(b.Words, 1, g.words[start:end])
	}
	if g.labels == nil {
		return
	}
	b.Tags = append(b.Tags, Ignored)
	for i := start; i < end; i++ {
		b.Tags = append(b.Tags, g.tag(e, i))
	}
	b.Tags = append(b.Tags, Ignored)
}

// tag is the label of piece i.
func (g *tagger) tag(e *labelled.Example, i int) int32 {
	if !e.Labelled {
		return Ignored
	}
	id, _ := g.labels.ID(e.Tags[g.words[i]])
	switch {
	case i == 0 || g.words[i-1] != g.words[i]:
		return int32(id)
	case g.options.AllPieces:
		return g.inside[id]
	}
	return Ignored
}

// framed appends values between those of tokens that are not of the text: -1 for as many before it, and for the [SEP] behind it.
func framed(dst []int32, before int, values []int32) []int32 {
	return append(append(appendTimes(dst, -1, before), values...), -1)
}
