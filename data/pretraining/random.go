package pretraining

import (
	"math/bits"
	"math/rand/v2"
)

// random is a generator that costs nothing to seed: each chunk of text has its
// own, so that any example can be drawn without those before it. PCG is
// specified to the bit, so a seed means the same in every release of Go; the
// methods here are our own because those of rand.Rand are not specified.
type random struct{ pcg rand.PCG }

// purpose keeps generators of one position apart.
type purpose uint64

const (
	forTarget purpose = iota + 1 // position is a document
	forSplit                     // position is the first sentence of a chunk
	forExample
)

// seed makes the generator a pure function of its arguments.
func (r *random) seed(seed uint64, epoch int, p purpose, position int) {
	key := mix(mix(seed+uint64(p)) + uint64(epoch))
	r.pcg.Seed(mix(key+uint64(position)), key)
}

// mix is the finalizer of SplitMix64 (Steele et al. 2014): every bit of x
// changes half of the bits of the result.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// below returns a uniform number in [0, n). The bias of multiplying instead of
// rejecting is n/2^64.
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.pcg.Uint64(), uint64(n))
	return int(high)
}

// between returns a uniform number in [low, high], both included.
func (r *random) between(low, high int) int { return low + r.below(high-low+1) }

// unit returns a uniform number in [0, 1).
func (r *random) unit() float64 { return float64(r.pcg.Uint64()>>11) / (1 << 53) }

// coin falls on one side as often as on the other.
func (r *random) coin() bool { return r.unit() < 0.5 }
