package wordpiece

import (
	"slices"
	"sync"
	"unicode/utf8"
)

// behavior is what an engine does with a code point: a kind in the low bits, a value above them.
// It joins all steps of normalization and splitting under the engine's rules.
type behavior uint32

const (
	letter   behavior = iota // It belongs to a word as it is: its bytes in the text are the word's.
	replaced                 // It belongs to a word in another form: value is the place in behaviors.forms.
	dropped                  // It leaves no trace and does not end a word.
	blank                    // It ends a word and is dropped.
	alone                    // It ends a word and is a word: value is its id.
	rare                     // What it does depends on its neighbours: the plain steps take the whole span.

	kindBits = 3
	kindMask = 1<<kindBits - 1
	lenBits  = 6 // A form's length in bytes, below its offset.
)

func (b behavior) kind() behavior { return b & kindMask }

// id of a code point that is alone.
func (b behavior) id() int32 { return int32(b >> kindBits) }

// ends reports whether the code point ends the word before it.
func (b behavior) ends() bool { return b.kind() == blank || b.kind() == alone }

// behaviors is a two-level table of behavior by code point.
type behaviors struct {
	page  [pages]uint16
	table [][pageSize]behavior
	forms []byte
	ascii [utf8.RuneSelf]behavior
}

func (t *behaviors) of(r rune) behavior {
	return t.table[t.page[r>>pageBits]][r&(pageSize-1)]
}

// form returns the bytes that replace a code point.
func (t *behaviors) form(b behavior) []byte {
	v := b >> kindBits
	return t.forms[v>>lenBits:][:v&(1<<lenBits-1)]
}

// newBehaviors are those under a normalizer's rules with a vocabulary's ids.
func newBehaviors(n *normalizer, ids func(token []byte) int32, unk int32) *behaviors {
	key := n.rules
	key.MaxWord, key.Prefix = 0, "" // which are of pieces
	known, ok := knownBehaviors.Load(key)
	if !ok {
		known, _ = knownBehaviors.LoadOrStore(key, findBehaviors(n))
	}
	t := *known.(*behaviors)
	t.table = slices.Clone(t.table)
	var encoded [utf8.UTFMax]byte
	for p := range t.table {
		for i, b := range t.table[p] {
			if b.kind() != alone {
				continue
			}
			id := ids(encoded[:utf8.EncodeRune(encoded[:], b.id())])
			if id == noToken {
				id = unk
			}
			t.table[p][i] = alone | behavior(id)<<kindBits
		}
	}
	for c := range t.ascii {
		t.ascii[c] = t.of(rune(c))
	}
	return &t
}

// knownBehaviors are what findBehaviors found, by the rules: there are sixteen at most, and to find them takes as long as all else of
// a small tokenizer.
var knownBehaviors sync.Map

// findBehaviors asks a normalizer about each code point once. In the place of an id is the code point that is to have it.
func findBehaviors(n *normalizer) *behaviors {
	t := &behaviors{}
	special := map[int]bool{} // Pages with code points that change into others.
	for r := range n.full {
		special[int(r>>pageBits)] = true
	}
	for r := range n.lower {
		special[int(r>>pageBits)] = true
	}
	for r := hangulFirst; r <= hangulLast; r += pageSize {
		special[r>>pageBits] = true
	}
	known := map[uint16]uint16{}
	for p := range t.page {
		from := n.page[p]
		if index, ok := known[from]; ok && !special[p] {
			t.page[p] = index
			continue
		}
		var page [pageSize]behavior
		named := false // Some code point has an id of its own.
		for i := range page {
			page[i] = t.find(n, rune(p<<pageBits+i))
			named = named || page[i].kind() == alone
		}
		index := uint16(len(t.table))
		t.table = append(t.table, page)
		t.page[p] = index
		if !special[p] && !named {
			known[from] = index
		}
	}
	return t
}

// find tells what a code point does.
func (t *behaviors) find(n *normalizer, r rune) behavior {
	if r >= 0xD800 && r < 0xE000 {
		return rare // No valid text has it; decoding by hand ends up here.
	}
	if n.StripAccents && n.sorted(r) {
		return rare
	}
	var encoded [utf8.UTFMax]byte
	size := utf8.EncodeRune(encoded[:], r)
	out := n.normalize(string(encoded[:size]))
	word, words, inside := aligned{}, 0, 0
	n.words(out, func(w []aligned) {
		words++
		inside = len(w)
		word = w[0]
	})
	ends := false
	for _, a := range out {
		ends = ends || n.class(a.r)&(separates|punctuation) != 0
	}
	switch {
	case len(out) == 0:
		return dropped
	case !ends && len(out) == 1 && out[0].r == r && r != utf8.RuneError:
		return letter
	case !ends:
		at := len(t.forms)
		t.forms = appendText(t.forms, out)
		return replaced | behavior(at<<lenBits|(len(t.forms)-at))<<kindBits
	case words == 0:
		return blank
	case words > 1 || inside > 1 || len(out) == 2:
		return rare
	}
	return alone | behavior(word.r)<<kindBits
}

// sorted reports whether a code point takes part in the canonical ordering of marks in a way that
// can be seen after the accents are gone: it has a mark that stays.
func (n *normalizer) sorted(r rune) bool {
	n.out = n.decompose(n.out[:0], r)
	for _, d := range n.out {
		c := n.class(d)
		if c.combining() > 0 && c&mark == 0 {
			return true
		}
		// After a punctuation mark the span of a mark that stays would begin too late.
		if c.combining() > 1 && n.class(n.out[0])&(separates|punctuation|chinese) != 0 {
			return true
		}
	}
	return false
}
