package data

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
)

// TestPartsAreTheBatch: whoever takes which parts, together they are the batch, in its order, and each knows the cursor behind it.
func TestPartsAreTheBatch(t *testing.T) {
	o := LoaderOptions{Seed: 3, Epochs: 2, Sequences: 11}
	whole := deliver(t, numbers{n: 100}, o) // the last batches of the epochs have one sequence and two
	const parts = 8
	for _, ranks := range []int{1, 2, 4, 8} {
		var feeds []*Cut[*Batch, Cursor]
		for rank := range ranks {
			l, err := NewLoader(context.Background(), numbers{n: 100}, o)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			n := parts / ranks
			feeds = append(feeds, NewCut(l, 1, parts, rank*n, n, func() *Batch { return &Batch{} }))
		}
		for i, want := range whole.Batches {
			var got []int32
			least, most := len(want), 0
			for _, f := range feeds {
				for range parts / ranks {
					part, cursor, err := f.Next(context.Background())
					if err != nil {
						t.Fatal(err)
					}
					if cursor != whole.Cursors[i] {
						t.Fatalf("%d ranks, batch %d: cursor %v, want %v", ranks, i, cursor, whole.Cursors[i])
					}
					for s := range part.Len() {
						got = append(got, part.IDs[part.Offsets[s]])
					}
					least, most = min(least, part.Len()), max(most, part.Len())
					f.Release(part)
				}
			}
			if !slices.Equal(got, want) || most > least+1 {
				t.Fatalf("%d ranks, batch %d: parts of %d to %d sequences: %v, want %v", ranks, i, least, most, got, want)
			}
		}
		for _, f := range feeds {
			if _, _, err := f.Next(context.Background()); !errors.Is(err, io.EOF) {
				t.Errorf("%d ranks: %v at the end", ranks, err)
			}
		}
	}
}
