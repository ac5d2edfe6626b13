package data

import (
	"fmt"
	"testing"
)

// The source costs nothing here: this is the price of the loader itself.
func BenchmarkNext(b *testing.B) {
	for _, o := range []LoaderOptions{{Tokens: 4096, Workers: 2}, {Tokens: 4096, Workers: 2, Bucket: 2048}} {
		b.Run(fmt.Sprintf("bucket=%d", o.Bucket), func(b *testing.B) {
			l, err := NewLoader(b.Context(), numbers{n: 1 << 40}, o)
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			sequences := 0
			b.ReportAllocs()
			for b.Loop() {
				batch, _, err := l.Next(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				sequences += batch.Len()
				l.Release(batch)
			}
			b.ReportMetric(float64(sequences)/b.Elapsed().Seconds(), "sequences/s")
		})
	}
}

// BenchmarkResume starts in the middle of an epoch of a trillion examples.
func BenchmarkResume(b *testing.B) {
	for b.Loop() {
		l, err := NewLoader(b.Context(), numbers{n: 1 << 40}, LoaderOptions{Tokens: 4096, Bucket: 2048, Start: Cursor{Index: 1<<39 + 5}})
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := l.Next(b.Context()); err != nil {
			b.Fatal(err)
		}
		l.Close()
	}
}

// Batches go round: once all have grown, a step allocates nothing.
func TestSteadyStateDoesNotAllocate(t *testing.T) {
	for _, bucket := range []int{0, 256} {
		l, err := NewLoader(t.Context(), numbers{n: 1 << 40}, LoaderOptions{Tokens: 1024, Workers: 2, Bucket: bucket})
		if err != nil {
			t.Fatal(err)
		}
		step := func() {
			b, _, err := l.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			l.Release(b)
		}
		for range 2000 {
			step()
		}
		if n := testing.AllocsPerRun(2000, step); n != 0 {
			t.Errorf("bucket %d: a step allocates %v times", bucket, n)
		}
		if w := l.Wait(); w.Steps != 4001 || w.Total < w.Last {
			t.Errorf("waits are %+v after 4001 steps", w)
		}
		l.Close()
	}
}
