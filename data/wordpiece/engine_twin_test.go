package wordpiece

import (
	"slices"
	"testing"
)

// twin is the engine written as plainly as possible: a step after the other, a map for the
// vocabulary. The reference agrees with it, and the fast engine must.
type twin struct {
	normalizer
	ids map[string]int32
	unk int32
}

func newTwin(vocabulary []string, unk int32, r rules) *twin {
	t := &twin{normalizer{codePoints: readCodePoints(), rules: r}, map[string]int32{}, unk}
	for id, token := range vocabulary {
		if token != "" {
			t.ids[token] = int32(id)
		}
	}
	return t
}

func (t *twin) appendPieces(p *Pieces, text string, base, word int32) int32 {
	t.words(t.normalize(text), func(w []aligned) {
		t.cut(p, w, base, word)
		word++
	})
	return word
}

// cut appends the pieces of one word: greedily the longest that the vocabulary has.
func (t *twin) cut(p *Pieces, word []aligned, base, number int32) {
	before := len(p.IDs)
	for start := 0; start < len(word) && len(word) <= t.MaxWord; {
		end := len(word)
		for ; end > start; end-- {
			piece := string(appendText(nil, word[start:end]))
			if start > 0 {
				piece = t.Prefix + piece
			}
			if id, ok := t.ids[piece]; ok {
				p.add(id, base+word[start].start, base+word[end-1].end, number)
				break
			}
		}
		if end == start {
			break
		}
		if start = end; start == len(word) {
			return
		}
	}
	p.IDs, p.Starts, p.Ends, p.Words = p.IDs[:before], p.Starts[:before], p.Ends[:before], p.Words[:before]
	p.add(t.unk, base+word[0].start, base+word[len(word)-1].end, number)
}

// pair is an engine beside its twin.
type pair struct {
	e         *engine
	twin      *twin
	got, want Pieces
	ids       []int32
}

func newPair(t testing.TB, vocabulary []string, r rules) *pair {
	t.Helper()
	unk := int32(slices.Index(vocabulary, "[UNK]"))
	e, err := newEngine(vocabulary, unk, r)
	if err != nil {
		t.Fatal(err)
	}
	return &pair{e: e, twin: newTwin(vocabulary, unk, r)}
}

func (p *pair) check(t testing.TB, text string) {
	t.Helper()
	p.got.Reset()
	p.want.Reset()
	got := p.e.appendPieces(&p.got, text, 1000, 7)
	want := p.twin.appendPieces(&p.want, text, 1000, 7)
	p.ids = p.e.appendIDs(p.ids[:0], text)
	if got != want || !slices.Equal(p.ids, p.want.IDs) || !slices.Equal(p.got.IDs, p.want.IDs) ||
		!slices.Equal(p.got.Starts, p.want.Starts) || !slices.Equal(p.got.Ends, p.want.Ends) ||
		!slices.Equal(p.got.Words, p.want.Words) {
		t.Fatalf("%+v: %q\n  got  %v %d, ids alone %v\n  want %v %d", p.e.rules, text, p.got, got, p.ids, p.want, want)
	}
}

func TestTwin(t *testing.T) {
	for _, r := range ruleSets() {
		p := newPair(t, syntheticVocabulary(), r)
		for range 2 { // The second time words come out of the cache.
			for _, text := range plainTexts {
				p.check(t, text)
			}
			for text := range randomTexts(3, 1000) {
				p.check(t, text)
			}
		}
	}
}

// TestTwinLong joins texts, so that all of them lie at all places of a block.
func TestTwinLong(t *testing.T) {
	for _, r := range []rules{{true, true, true, true, 100, "##"}, {false, false, true, true, 100, "##"}, {MaxWord: 5, Prefix: "a"}} {
		p := newPair(t, syntheticVocabulary(), r)
		var long []byte
		for _, text := range plainTexts {
			long = append(append(long, text...), ' ')
			p.check(t, string(long))
		}
		long = long[:0]
		for text := range randomTexts(4, 300) {
			long = append(append(long, text...), ' ')
			p.check(t, string(long))
		}
		for n := range 300 {
			p.check(t, string(long[n:n+len(long)/2]))
			p.check(t, string(long[:n]))
		}
	}
}
