package data

import (
	"math"
	"testing"
)

func TestPermutationIsOne(t *testing.T) {
	for n := 1; n < 3000; n = n*5/4 + 1 {
		for key := range uint64(3) {
			p := newPermutation(n, key)
			seen := make([]bool, n)
			for i := range n {
				x := p.at(i)
				if x < 0 || x >= n || seen[x] {
					t.Fatalf("n=%d key=%d: position %d gives %d, out of range or again", n, key, i, x)
				}
				seen[x] = true
			}
		}
	}
}

// Where position 0 goes must be uniform over keys: chi-squared over 50 places.
func TestPermutationIsUniform(t *testing.T) {
	const n, draws = 50, 50_000
	for _, position := range []int{0, 1, n - 1} {
		var counts [n]float64
		for key := range uint64(draws) {
			p := newPermutation(n, mix(key))
			counts[p.at(position)]++
		}
		chi := 0.0
		for _, c := range counts {
			chi += (c - draws/n) * (c - draws/n) / (draws / n)
		}
		// Mean 49, standard deviation 9.9: five of them off is no chance.
		if math.Abs(chi-(n-1)) > 50 {
			t.Errorf("position %d: chi-squared %.1f, want about %d", position, chi, n-1)
		}
	}
}

func TestOrderIsPermutation(t *testing.T) {
	for _, o := range []LoaderOptions{{Shuffle: Permutation}, {Shuffle: Unshuffled}, {Shuffle: Buffer, Buffer: 7}, {Shuffle: Buffer, Buffer: 5000}} {
		order := newOrder(&o, 1, 1000)
		seen := make([]bool, 1000)
		for i := range seen {
			x := order.at(i)
			if seen[x] {
				t.Fatalf("%+v: %d comes twice", o, x)
			}
			seen[x] = true
		}
	}
}

func BenchmarkPermutation(b *testing.B) {
	p := newPermutation(1_000_000_007, 5)
	sum := 0
	for i := 0; b.Loop(); i++ {
		sum += p.at(i)
	}
	_ = sum
}
