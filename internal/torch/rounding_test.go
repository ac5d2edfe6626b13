package torch

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBuckets: sizes that batches share are multiples of 64, leave room for padding, add an eighth at most where there are many tokens,
// and are few: one in sixteen of a doubling.
func TestBuckets(t *testing.T) {
	for _, longest := range []int{64, 128, 512} {
		seen := map[int]bool{}
		for tokens := 1; tokens <= 40000; tokens++ {
			n := bucketed(tokens, longest)
			extra := n - tokens
			if n%roundTo != 0 || extra < 1 || extra > longest || extra > max(roundTo, tokens/8) {
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

// TestPickedRows: what was asked for is found again, with its label, in ascending rows whose number is rounded where that pays.
func TestPickedRows(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 400 {
		of := 1 + r.IntN(900)
		var asked, labels []int32
		for row := range int32(of) {
			if r.IntN(4) == 0 {
				asked, labels = append(asked, row), append(labels, row*3)
			}
		}
		dear, mode := r.IntN(2) > 0, Mode{Many: r.IntN(3) > 0}
		do(t, mode, func(p *Pass) {
			k := p.Pick(asked, of, dear)
			rounds := mode.Many && (!dear || len(asked) >= roundTo && roundUp(len(asked)) <= of)
			if want := min(roundUp(len(asked)), of); rounds && k.Len() != want || !rounds && k.Len() != len(asked) {
				t.Fatalf("%d rows of %d (dear: %v, many: %v) become %d", len(asked), of, dear, mode.Many, k.Len())
			}
			if k.Len() == 0 {
				return
			}
			rows := Values[int32](k.Rows)
			if !slices.IsSorted(rows) || len(slices.Compact(slices.Clone(rows))) != len(rows) || int(rows[len(rows)-1]) >= of {
				t.Fatalf("rows %v of %d", rows, of)
			}
			if got := Asked(k, rows); !slices.Equal(got, asked) {
				t.Fatalf("asked for %v, got %v", asked, got)
			}
			given := Label(k, labels, -1)
			for i, label := range given {
				if _, was := slices.BinarySearch(asked, rows[i]); was && label != rows[i]*3 || !was && label != -1 {
					t.Fatalf("row %d has the label %d", rows[i], label)
				}
			}
			for i, place := range k.Find(asked) {
				if rows[place] != asked[i] {
					t.Fatalf("row %d is not in place %d", asked[i], place)
				}
			}
		})
	}
}

// TestSequencesOfPadding: rows that round up a batch are sequences that only attention sees, or all where a step is recorded.
func TestSequencesOfPadding(t *testing.T) {
	offsets := []int32{0, 90, 100, 300}
	for _, c := range []struct {
		mode                  Mode
		rows, all, seen, last int
	}{
		{Mode{}, 300, 3, 3, 200},
		{Mode{Many: true}, 320, 4, 3, 200},
		{Mode{Recorded: true}, 300, 3, 3, 256},
		{Mode{Many: true, Recorded: true}, 320, 8, 8, 256},
	} {
		do(t, c.mode, func(p *Pass) {
			s := p.Sequences(offsets)
			if s.Count != 3 || s.Tokens != 300 || s.Rows != c.rows || len(s.offsets) != c.all+1 || len(s.Starts()) != c.seen || s.longest != c.last {
				t.Errorf("%+v: %+v", c, s)
			}
			if n := int(s.offsets[c.all]); n != c.rows || len(s.Lengths()) != c.seen || len(s.Places()) != 300 || s.Places()[99] != 9 {
				t.Errorf("%d rows end at %d, lengths %v", c.rows, n, s.Lengths())
			}
			ids := Values[int32](s.ByToken(p, s.Places(), 7))
			if len(ids) != c.rows || ids[299] != 199 || c.rows > 300 && ids[c.rows-1] != 7 {
				t.Errorf("values by token: %v", ids)
			}
			x := p.Reshape(s.ByToken(p, nil, 1), -1, 1)
			if n := p.Tokens(x, s).Dim(0); c.mode.Recorded && int(n) != c.rows || !c.mode.Recorded && n != 300 {
				t.Errorf("%d tokens", n)
			}
			if shape := p.PadRows(x, s, 0).Shape(); int(shape[0]) != c.seen || shape[1] != 200 {
				t.Errorf("padded to %v", shape)
			}
		})
	}
}
