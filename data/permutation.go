package data

import "math/bits"

// A permutation of [0, n) that takes no memory: a Feistel network over the
// smallest even number of bits that holds n, walked again from its own result
// until that falls below n (cycle walking, Black and Rogaway 2002). The domain
// is at most four times n, so a step takes fewer than four walks on average.
type permutation struct {
	n    uint64
	half int // bits of each half
	keys [feistelRounds]uint64
}

// Four rounds make a good permutation of a large domain (Luby and Rackoff
// 1988); the small halves of a small one want more.
const feistelRounds = 6

// newPermutation makes the permutation a pure function of n and key.
func newPermutation(n int, key uint64) permutation {
	p := permutation{n: uint64(n)}
	width := bits.Len64(uint64(max(n-1, 1)))
	p.half = (width + 1) / 2
	for i := range p.keys {
		p.keys[i] = mix(key + uint64(i))
	}
	return p
}

// at returns the element at position i, 0 <= i < n.
func (p *permutation) at(i int) int {
	x := p.encrypt(uint64(i))
	for x >= p.n {
		x = p.encrypt(x)
	}
	return int(x)
}

func (p *permutation) encrypt(x uint64) uint64 {
	mask := uint64(1)<<p.half - 1
	left, right := x>>p.half, x&mask
	for _, key := range p.keys {
		left, right = right, left^(mix(right^key)&mask)
	}
	return left<<p.half | right
}

// mix is the finalizer of SplitMix64 (Steele et al. 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// order maps a position in the epoch to an example.
type order struct {
	n      int
	block  int         // examples in a block; n where all are shuffled together
	whole  int         // blocks of full size
	blocks permutation // of the full blocks
	inside permutation // of the examples of a full block
	tail   permutation // of the examples behind the last full block
	plain  bool
}

func newOrder(o *LoaderOptions, epoch, n int) order {
	key := mix(mix(o.Seed) + uint64(epoch))
	block := n
	if o.Shuffle == Buffer {
		block = min(o.Buffer, n)
	}
	block = max(block, 1)
	whole := n / block
	return order{
		n: n, block: block, whole: whole, plain: o.Shuffle == Unshuffled,
		blocks: newPermutation(whole, key+1),
		inside: newPermutation(block, key+2),
		tail:   newPermutation(n-whole*block, key+3),
	}
}

// at returns the example at a position. Blocks are visited in random order and
// shuffled one by one; the short one at the end stays there.
func (o *order) at(position int) int {
	if o.plain {
		return position
	}
	block, offset := position/o.block, position%o.block
	if block == o.whole {
		return block*o.block + o.tail.at(offset)
	}
	// Each block has its own permutation: that of all, begun elsewhere.
	block = o.blocks.at(block)
	return block*o.block + o.inside.at((offset+int(mix(uint64(block))%uint64(o.block)))%o.block)
}
