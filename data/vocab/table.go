package vocab

import (
	"bytes"
	"hash/maphash"
	"math"
	"slices"
)

// table counts words. It is a hash table with open addressing whose words lie end to end in one
// arena: counting a word that is known allocates nothing and touches two cache lines.
type table struct {
	seed    maphash.Seed
	slots   []uint32 // 1 + index into entries, 0 when free; a power of two of them
	entries []entry
	arena   []byte
}

type entry struct {
	hash       uint32
	begin, end uint32 // in the arena
	count      int64
}

const (
	firstSlots = 1 << 12
	// maxArena keeps offsets within 32 bits.
	maxArena = math.MaxUint32 - maxWordBytes
)

func newTable() *table {
	return &table{seed: maphash.MakeSeed(), slots: make([]uint32, firstSlots)}
}

// add counts a word n more times.
func (t *table) add(word []byte, n int64) {
	hash := uint32(maphash.Bytes(t.seed, word))
	mask := uint32(len(t.slots) - 1)
	at := hash & mask
	for ; t.slots[at] != 0; at = (at + 1) & mask {
		e := &t.entries[t.slots[at]-1]
		if e.hash == hash && bytes.Equal(t.arena[e.begin:e.end], word) {
			e.count += n
			return
		}
	}
	begin := uint32(len(t.arena))
	t.arena = append(t.arena, word...)
	t.entries = append(t.entries, entry{hash: hash, begin: begin, end: uint32(len(t.arena)), count: n})
	t.slots[at] = uint32(len(t.entries))
	if 2*len(t.entries) > len(t.slots) {
		t.grow()
	}
}

func (t *table) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	mask := uint32(len(t.slots) - 1)
	for i, e := range t.entries {
		at := e.hash & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = uint32(i + 1)
	}
}

// word returns the bytes of an entry, valid until the next reset.
func (t *table) word(e entry) []byte { return t.arena[e.begin:e.end] }

// size returns about how many bytes its words take: what was allocated for earlier ones and is
// free again since reset does not count.
func (t *table) size() int64 {
	const entrySize, slotsSize = 24, 4 * 4 // an entry has four slots at most
	return int64((entrySize+slotsSize)*len(t.entries) + len(t.arena))
}

// absorb adds all counts of another table.
func (t *table) absorb(other *table) {
	for _, e := range other.entries {
		t.add(other.word(e), e.count)
	}
}

// sorted returns the entries in the order of their words' bytes.
func (t *table) sorted() []entry {
	slices.SortFunc(t.entries, func(a, b entry) int { return bytes.Compare(t.word(a), t.word(b)) })
	return t.entries
}

// reset forgets all words and keeps the memory.
func (t *table) reset() {
	clear(t.slots)
	t.entries = t.entries[:0]
	t.arena = t.arena[:0]
}
