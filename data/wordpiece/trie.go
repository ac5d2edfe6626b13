package wordpiece

import (
	"cmp"
	"errors"
	"slices"
)

// trie holds the vocabulary as a double array (Aoe 1989): the child of a node by a byte lies at the
// node's base plus the byte, and is there if it names the node as its parent. A step is one load.
type trie struct {
	nodes []node
	// inner is where pieces that continue a word begin: the node of the prefix, or noNode.
	inner int32
}

type node struct {
	base   int32
	parent int32
	id     int32 // The token that ends here, or noToken.
}

const (
	noNode  = -1
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
	if len(vocabulary) >= 1<<28 {
		return nil, errors.New("wordpiece: the vocabulary has more than 2^28 entries")
	}
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
	b.taken[root] = true
	b.nodes[root] = node{parent: noNode, id: noToken}
	b.add(root, entries, 0)
	// Steps from the last nodes may look 255 places ahead.
	b.grow(b.last + 1 + 256)
	t := &trie{nodes: slices.Clip(b.nodes[:b.last+1+256]), inner: root}
	for i := range len(prefix) {
		if t.inner = t.step(t.inner, prefix[i]); t.inner == noNode {
			break
		}
	}
	return t, nil
}

// step follows a byte, to noNode where there is no such child.
func (t *trie) step(at int32, c byte) int32 {
	next := t.nodes[at].base + int32(c)
	if t.nodes[next].parent != at {
		return noNode
	}
	return next
}

// longest returns the id and the length of the longest token at the beginning of word, walking from
// a node; the length is 0 where there is none.
func (t *trie) longest(from int32, word []byte) (id int32, length int) {
	id = noToken
	nodes := t.nodes
	for i, c := range word {
		next := nodes[from].base + int32(c)
		n := &nodes[next]
		if n.parent != from {
			return id, length
		}
		if n.id != noToken {
			id, length = n.id, i+1
		}
		from = next
	}
	return id, length
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
	nodes []node
	taken []bool
	free  int // No place before it is free.
	last  int
	bytes []byte
}

func (b *trieBuilder) grow(n int) {
	for len(b.nodes) < n {
		b.nodes = append(b.nodes, node{parent: noNode, id: noToken})
		b.taken = append(b.taken, false)
	}
}

// add puts the entries, which share depth bytes, below a node.
func (b *trieBuilder) add(at int32, entries []entry, depth int) {
	for len(entries) > 0 && len(entries[0].token) == depth {
		b.nodes[at].id = entries[0].id
		entries = entries[1:]
	}
	if len(entries) == 0 {
		return
	}
	mine := len(b.bytes)
	for i, e := range entries {
		if i == 0 || e.token[depth] != entries[i-1].token[depth] {
			b.bytes = append(b.bytes, e.token[depth])
		}
	}
	children := b.bytes[mine:]
	base := b.place(children)
	b.nodes[at].base = base
	for _, c := range children {
		b.taken[base+int32(c)] = true
		b.nodes[base+int32(c)].parent = at
		b.last = max(b.last, int(base)+int(c))
	}
	b.bytes = b.bytes[:mine]
	for len(entries) > 0 {
		c := entries[0].token[depth]
		n := 1
		for n < len(entries) && entries[n].token[depth] == c {
			n++
		}
		b.add(base+int32(c), entries[:n], depth+1)
		entries = entries[n:]
	}
}

// place finds a base at which all children are free. Places before a crowded stretch are given up,
// which costs a little memory and keeps building linear.
func (b *trieBuilder) place(children []byte) int32 {
	const patience = 4096
	first := int(children[0])
	for b.free < len(b.taken) && b.taken[b.free] {
		b.free++
	}
	for at := max(b.free, first+1); ; at++ {
		b.grow(at - first + 257)
		if b.taken[at] || !b.fits(at-first, children) {
			continue
		}
		if at-b.free > patience {
			b.free = at - patience/2
		}
		return int32(at - first)
	}
}

func (b *trieBuilder) fits(base int, children []byte) bool {
	for _, c := range children {
		if b.taken[base+int(c)] {
			return false
		}
	}
	return true
}
