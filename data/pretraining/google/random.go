package google

import "math/bits"

// random is Python's random.Random: the Mersenne Twister MT19937 (Matsumoto and
// Nishimura 1998) with CPython's seeding by an integer and its ways to make
// numbers of it (Modules/_randommodule.c, Lib/random.py, Python 3.2 and later).
type random struct {
	state [twisterSize]uint32
	next  int
}

const (
	twisterSize  = 624
	twisterShift = 397
)

// newRandom equals random.Random(seed). The sign is dropped, as Python does.
func newRandom(seed int64) *random {
	if seed < 0 {
		seed = -seed
	}
	key := []uint32{uint32(seed)}
	if high := uint32(uint64(seed) >> 32); high != 0 {
		key = append(key, high)
	}
	r := &random{next: twisterSize}
	s := &r.state
	s[0] = 19650218
	for i := 1; i < twisterSize; i++ {
		s[i] = 1812433253*(s[i-1]^s[i-1]>>30) + uint32(i)
	}
	i := 1
	step := func() {
		if i++; i >= twisterSize {
			s[0], i = s[twisterSize-1], 1
		}
	}
	for k := range twisterSize {
		j := k % len(key)
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1664525) + key[j] + uint32(j)
		step()
	}
	for range twisterSize - 1 {
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1566083941) - uint32(i)
		step()
	}
	s[0] = 1 << 31
	return r
}

// twist makes the next 624 numbers.
func (r *random) twist() {
	s := &r.state
	for i := range s {
		y := s[i]&0x80000000 | s[(i+1)%twisterSize]&0x7fffffff
		s[i] = s[(i+twisterShift)%twisterSize] ^ y>>1 ^ -(y&1)&0x9908b0df
	}
	r.next = 0
}

func (r *random) uint32() uint32 {
	if r.next == twisterSize {
		r.twist()
	}
	y := r.state[r.next]
	r.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// unit equals random(): 53 bits of two numbers.
func (r *random) unit() float64 {
	a, b := r.uint32()>>5, r.uint32()>>6
	return (float64(a)*(1<<26) + float64(b)) / (1 << 53)
}

// below equals _randbelow(n): as many bits as n has, drawn again until they
// are below n. That n is under 2^32 holds for all that is counted here.
func (r *random) below(n int) int {
	shift := 32 - bits.Len32(uint32(n))
	for {
		if x := int(r.uint32() >> shift); x < n {
			return x
		}
	}
}

// between equals randint(low, high), both included.
func (r *random) between(low, high int) int { return low + r.below(high-low+1) }

// shuffle equals shuffle(x).
func shuffle[T any](r *random, x []T) {
	for i := len(x) - 1; i >= 1; i-- {
		j := r.below(i + 1)
		x[i], x[j] = x[j], x[i]
	}
}
