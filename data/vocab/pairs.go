package vocab

// pairKey is two symbol ids, the left one in the high half: keys order as pairs do.
type pairKey uint64

func keyOf(left, right int32) pairKey { return pairKey(uint32(left))<<32 | pairKey(uint32(right)) }

func (k pairKey) left() int32 { return int32(k >> 32) }

func (k pairKey) right() int32 { return int32(uint32(k)) }

// pairs counts pairs of adjacent symbols, and lists for each the words in which it appeared
// since its last candidate was made.
type pairs struct {
	slots  []pairSlot // open addressing, a power of two of them
	keys   []pairKey  // [pair]
	counts []int64    // [pair]
	heads  []int32    // [pair] first node of its list of words, none when empty
	fresh  []int32    // pairs whose list is not empty
	nodes  []node     // all lists
	free   int32      // first node of the list of unused ones
}

type pairSlot struct {
	key   pairKey
	index int32 // 1 + index of the pair, 0 when free
}

// node is one word in a list.
type node struct{ word, next int32 }

const none = -1

func newPairs() *pairs { return &pairs{slots: make([]pairSlot, 1<<16), free: none} }

// index returns the number of a pair, a new one when it was not seen yet.
func (p *pairs) index(key pairKey) int32 {
	mask := uint64(len(p.slots) - 1)
	at := mix(key) & mask
	for ; p.slots[at].index != 0; at = (at + 1) & mask {
		if p.slots[at].key == key {
			return p.slots[at].index - 1
		}
	}
	p.keys = append(p.keys, key)
	p.counts = append(p.counts, 0)
	p.heads = append(p.heads, none)
	p.slots[at] = pairSlot{key, int32(len(p.counts))}
	if 2*len(p.counts) > len(p.slots) {
		p.grow()
	}
	return int32(len(p.counts) - 1)
}

func (p *pairs) grow() {
	old := p.slots
	p.slots = make([]pairSlot, 2*len(old))
	mask := uint64(len(p.slots) - 1)
	for _, slot := range old {
		if slot.index == 0 {
			continue
		}
		at := mix(slot.key) & mask
		for p.slots[at].index != 0 {
			at = (at + 1) & mask
		}
		p.slots[at] = slot
	}
}

// mix spreads the bits of a key: ids are small and dense, so their own bits would collide.
func mix(key pairKey) uint64 {
	h := uint64(key) * 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio
	return h ^ h>>32
}

// gain counts a pair n more times and remembers the word it was seen in.
func (p *pairs) gain(left, right int32, n int64, word int32) {
	i := p.index(keyOf(left, right))
	p.counts[i] += n
	head := p.heads[i]
	if head == none {
		p.fresh = append(p.fresh, i)
	} else if p.nodes[head].word == word {
		return // words come in order, so one that is listed already is the last listed
	}
	p.heads[i] = p.newNode(node{word, head})
}

// lose counts a pair n times less. The words stay listed: looking for it there is harmless.
func (p *pairs) lose(left, right int32, n int64) {
	p.counts[p.index(keyOf(left, right))] -= n
}

func (p *pairs) newNode(n node) int32 {
	if p.free == none {
		p.nodes = append(p.nodes, n)
		return int32(len(p.nodes) - 1)
	}
	i := p.free
	p.free = p.nodes[i].next
	p.nodes[i] = n
	return i
}

// release gives the nodes of a list back.
func (p *pairs) release(head int32) {
	for head != none {
		next := p.nodes[head].next
		p.nodes[head].next = p.free
		p.free = head
		head = next
	}
}
