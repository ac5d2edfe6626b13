package wordpiece

import (
	"cmp"
	"errors"
	"slices"
)

// trie holds the vocabulary as a double array (Aoe 1989) in its compact form (Yata 2007): the child of
// a node by a byte lies at the node's base plus the byte, and is there if it bears the byte as label.
// No two nodes have the same base, so no other parent's child can be mistaken for it. A step is one
// load of four bytes, which matters: what does not fit the processor's cache costs 30 times more.
type trie struct {
	units []unit
	ids   []int32 // The token that ends at a unit.
	// inner is where pieces that continue a word begin: the node of the prefix, or noNode.
	inner uint32
}

// unit is a node: a label, whether it is taken, whether a token ends there, and a base.
type unit uint32

const (
	labelBits unit = 0xFF
	taken     unit = 1 << 8
	terminal  unit = 1 << 9
	baseShift      = 10
	maxBase        = 1<<(32-baseShift) - 1

	noNode  = 1<<32 - 1
	noToken = -1
	root    = 0
)

// entry is a token on its way into the trie.
type entry struct {
	token string
	id    int32
}

// newTrie holds the tokens; of equal ones the last counts, and "" is none.
func newTrie(vocabulary []string, prefix string) (*trie, error) {
	entries := make([]entry, 0, len(vocabulary))
	for id, token := range vocabulary {
		if token != "" {
			entries = append(entries, entry{token, int32(id)})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.token, b.token), cmp.Compare(a.id, b.id))
	})
	b := trieBuilder{}
	b.grow(1 << 10)
	b.units[root], b.skip[root] = taken|labelBits, 1 // It is nobody's child by byte 0.
	b.add(root, entries, 0)
	// Steps from the last nodes may look 255 places ahead.
	b.grow(b.last + 256)
	if b.last >= maxBase {
		return nil, errors.New("the vocabulary is too large for the engine, expected at most about a million tokens")
	}
	t := &trie{units: slices.Clip(b.units[:b.last+256]), ids: slices.Clip(b.ids[:b.last+256]), inner: root}
	for i := range len(prefix) {
		next := uint32(t.units[t.inner]>>baseShift) + uint32(prefix[i])
		if t.units[next]&(labelBits|taken) != unit(prefix[i])|taken {
			t.inner = noNode
			break
		}
		t.inner = next
	}
	return t, nil
}

// longest returns the id and the length of the longest token at the beginning of word, walking from
// a node; the length is 0 where there is none.
func (t *trie) longest(from uint32, word []byte) (id int32, length int) {
	units := t.units
	base := uint32(units[from] >> baseShift)
	last := uint32(0)
	for i, c := range word {
		next := base + uint32(c)
		u := units[next]
		if u&(labelBits|taken) != unit(c)|taken {
			break
		}
		if u&terminal != 0 {
			last, length = next, i+1
		}
		base = uint32(u >> baseShift)
	}
	return t.ids[last], length
}

// id returns the id of a token, or noToken.
func (t *trie) id(token []byte) int32 {
	if id, n := t.longest(root, token); n == len(token) {
		return id
	}
	return noToken
}

// trieBuilder finds places for nodes.
type trieBuilder struct {
	units []unit
	ids   []int32
	used  []bool  // Bases that a node has.
	skip  []int32 // A place itself while it is free, then one behind it: see behind.
	free  int     // No place before it is free.
	last  int
	bytes []byte
}

func (b *trieBuilder) grow(n int) {
	for len(b.units) < n {
		b.units = append(b.units, 0)
		b.ids = append(b.ids, noToken)
		b.used = append(b.used, false)
		b.skip = append(b.skip, int32(len(b.skip)))
	}
}

// behind is the first free place from one on. The way there is halved for whoever comes next.
func (b *trieBuilder) behind(at int) int {
	for {
		b.grow(at + 1)
		next := int(b.skip[at])
		if next == at {
			return at
		}
		if next < len(b.skip) {
			b.skip[at] = b.skip[next]
		}
		at = next
	}
}

// add puts the entries, which share depth bytes, below a node.
func (b *trieBuilder) add(at int, entries []entry, depth int) {
	for len(entries) > 0 && len(entries[0].token) == depth {
		b.ids[at] = entries[0].id
		b.units[at] |= terminal
		entries = entries[1:]
	}
	if len(entries) == 0 {
		return // Its base is 0, which no node with children has.
	}
	mine := len(b.bytes)
	for i, e := range entries {
		if i == 0 || e.token[depth] != entries[i-1].token[depth] {
			b.bytes = append(b.bytes, e.token[depth])
		}
	}
	children := b.bytes[mine:]
	base := b.place(children)
	b.used[base] = true
	b.units[at] |= unit(base) << baseShift
	for _, c := range children {
		b.units[base+int(c)] = unit(c) | taken
		b.skip[base+int(c)]++
		b.last = max(b.last, base+int(c))
	}
	b.bytes = b.bytes[:mine]
	for len(entries) > 0 {
		c := entries[0].token[depth]
		n := 1
		for n < len(entries) && entries[n].token[depth] == c {
			n++
		}
		b.add(base+int(c), entries[:n], depth+1)
		entries = entries[n:]
	}
}

// place finds a base of its own at which all children are free. Places before a crowded stretch are
// given up, which costs a little memory and keeps building linear.
func (b *trieBuilder) place(children []byte) int {
	const patience = 4096
	first := int(children[0])
	b.free = b.behind(b.free)
	for at := b.behind(max(b.free, first+1)); ; at = b.behind(at + 1) {
		b.grow(at - first + 257)
		if b.used[at-first] || !b.fits(at-first, children) {
			continue
		}
		if at-b.free > patience {
			b.free = at - patience/2
		}
		return at - first
	}
}

func (b *trieBuilder) fits(base int, children []byte) bool {
	for _, c := range children {
		if b.units[base+int(c)]&taken != 0 {
			return false
		}
	}
	return true
}
