package bert

import "testing"

// TestBuckets: sizes that batches share are multiples of 64, leave room for padding, add an eighth at most where there are many tokens,
// and are few: one in sixteen of a doubling.
func TestBuckets(t *testing.T) {
	for _, longest := range []int{64, 128, 512} {
		seen := map[int]bool{}
		for tokens := 1; tokens <= 40000; tokens++ {
			n := bucketed(tokens, longest)
			extra := n - tokens
			if n%RoundRows != 0 || extra < 1 || extra > longest || extra > max(RoundRows, tokens/8) {
				t.Fatalf("%d tokens of sequences up to %d become %d", tokens, longest, n)
			}
			if tokens >= 4096 && tokens < 8192 {
				seen[n] = true
			}
		}
		if most := max(8, 4096/longest) + 1; len(seen) > most {
			t.Errorf("sequences up to %d: %d sizes from 4,096 to 8,192 tokens, at most %d", longest, len(seen), most)
		}
	}
}
