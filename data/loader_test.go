package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// numbers is a source whose example i is the token i, repeated 1 to 60 times.
type numbers struct {
	n    int
	fail int // example that cannot be drawn; 0: none
}

func (s numbers) NewBatch() *Batch { return new(Batch) }

func (s numbers) Len(epoch int) (int, error) { return s.n + epoch, nil }

func (s numbers) Append(b *Batch, epoch, index int) error {
	if s.fail > 0 && index == s.fail {
		return fmt.Errorf("example %d is broken", index)
	}
	row := b.Begin()
	for range 1 + mix(uint64(index+1000*epoch))%60 {
		b.IDs = append(b.IDs, int32(index))
		b.Types = append(b.Types, 0)
	}
	b.MaskedRows = append(b.MaskedRows, int32(row))
	b.MaskedIDs = append(b.MaskedIDs, int32(epoch))
	b.End()
	return nil
}

// batches of a loader as text, with the cursor behind each.
type delivered struct {
	Batches [][]int32 // first token of each sequence
	Cursors []Cursor
}

func deliver(t testing.TB, source numbers, o LoaderOptions) delivered {
	t.Helper()
	l, err := NewLoader(t.Context(), source, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var d delivered
	for {
		b, cursor, err := l.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return d
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Validate(1 << 30); err != nil {
			t.Fatal(err)
		}
		if o.Tokens > 0 && b.Tokens() > o.Tokens && b.Len() > 1 || o.Sequences > 0 && b.Len() > o.Sequences {
			t.Fatalf("batch of %d sequences and %d tokens exceeds %+v", b.Len(), b.Tokens(), o)
		}
		var firsts []int32
		for i := range b.Len() {
			firsts = append(firsts, b.IDs[b.Offsets[i]])
		}
		d.Batches = append(d.Batches, firsts)
		d.Cursors = append(d.Cursors, cursor)
		l.Release(b)
	}
}

func settings() map[string]LoaderOptions {
	return map[string]LoaderOptions{
		"sequences": {Seed: 3, Epochs: 2, Sequences: 10},
		"tokens":    {Seed: 3, Epochs: 2, Tokens: 400},
		"both":      {Seed: 3, Epochs: 2, Tokens: 400, Sequences: 12},
		"tiny":      {Seed: 3, Epochs: 1, Tokens: 1},
		"buckets":   {Seed: 3, Epochs: 2, Tokens: 400, Bucket: 150},
		"buffer":    {Seed: 3, Epochs: 2, Tokens: 400, Shuffle: Buffer, Buffer: 77},
		"unchanged": {Seed: 3, Epochs: 2, Sequences: 7, Shuffle: Unshuffled},
	}
}

func TestEveryExampleOnceAnEpoch(t *testing.T) {
	for name, o := range settings() {
		t.Run(name, func(t *testing.T) {
			seen := map[Cursor]int{} // epoch and example
			d := deliver(t, numbers{n: 1000}, o)
			for i, batch := range d.Batches {
				for _, example := range batch {
					seen[Cursor{d.Cursors[i].Epoch, int(example)}]++
				}
			}
			want := 0
			for epoch := range o.Epochs {
				want += 1000 + epoch
			}
			for example, times := range seen {
				if times != 1 {
					t.Fatalf("example %+v came %d times", example, times)
				}
			}
			if len(seen) != want {
				t.Errorf("%d examples came, want %d", len(seen), want)
			}
		})
	}
}

func TestWorkersDoNotMatter(t *testing.T) {
	for name, o := range settings() {
		t.Run(name, func(t *testing.T) {
			want := deliver(t, numbers{n: 1000}, o)
			o.Workers, o.Prefetch = 7, 5
			if diff := cmp.Diff(want, deliver(t, numbers{n: 1000}, o)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResumeAtEveryCursor(t *testing.T) {
	for name, o := range settings() {
		t.Run(name, func(t *testing.T) {
			want := deliver(t, numbers{n: 300}, o)
			for i, cursor := range want.Cursors {
				o.Start = cursor
				got := deliver(t, numbers{n: 300}, o)
				if diff := cmp.Diff(delivered{want.Batches[i+1:], want.Cursors[i+1:]}, got, cmp.Transformer("", func(d delivered) string {
					return fmt.Sprint(d.Batches, d.Cursors)
				})); diff != "" {
					t.Fatalf("from %+v: %s", cursor, diff)
				}
			}
		})
	}
}

func TestEpochsAndSeedsDiffer(t *testing.T) {
	o := LoaderOptions{Epochs: 2, Sequences: 1000}
	d := deliver(t, numbers{n: 1000}, o)
	if slices.Equal(d.Batches[0], d.Batches[1][:1000]) {
		t.Error("two epochs have one order")
	}
	o.Seed = 1
	if slices.Equal(d.Batches[0], deliver(t, numbers{n: 1000}, o).Batches[0]) {
		t.Error("two seeds have one order")
	}
}

func TestBucketsHaveEqualLengths(t *testing.T) {
	spread := func(o LoaderOptions) (total int) {
		l, err := NewLoader(t.Context(), numbers{n: 2000}, o)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		for {
			b, _, err := l.Next(t.Context())
			if err != nil {
				return total
			}
			longest, shortest := 0, 1<<30
			for i := range b.Len() {
				longest, shortest = max(longest, b.Length(i)), min(shortest, b.Length(i))
			}
			total += longest - shortest
			l.Release(b)
		}
	}
	mixed := spread(LoaderOptions{Epochs: 1, Sequences: 10})
	sorted := spread(LoaderOptions{Epochs: 1, Sequences: 10, Bucket: 500})
	if sorted*10 > mixed {
		t.Errorf("lengths within batches differ by %d with buckets, %d without; want a tenth", sorted, mixed)
	}
}

func TestBadOptions(t *testing.T) {
	tests := []struct {
		options LoaderOptions
		want    string
	}{
		{LoaderOptions{}, "a batch has no bound"},
		{LoaderOptions{Sequences: 1, Shuffle: "cards"}, `shuffle is "cards"`},
		{LoaderOptions{Sequences: 1, Shuffle: Buffer}, "buffer of at least 1"},
		{LoaderOptions{Sequences: 1, Workers: -1}, "workers is -1"},
		{LoaderOptions{Sequences: 1, Start: Cursor{Index: -1}}, "index of the cursor is -1"},
	}
	for _, test := range tests {
		_, err := NewLoader(t.Context(), numbers{n: 5}, test.options)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want an error with %q", test.options, err, test.want)
		}
	}
}

func TestBadSources(t *testing.T) {
	tests := []struct {
		name    string
		source  numbers
		options LoaderOptions
		want    string
	}{
		{"empty", numbers{}, LoaderOptions{Sequences: 1}, "epoch 0 has no examples"},
		{"foreign cursor", numbers{n: 5}, LoaderOptions{Sequences: 1, Start: Cursor{Index: 6}}, "which has 5"},
		{"broken example", numbers{n: 90, fail: 70}, LoaderOptions{Sequences: 1}, "example 70 is broken"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, err := NewLoader(t.Context(), test.source, test.options)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			for err == nil {
				_, _, err = l.Next(t.Context())
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
			if _, _, again := l.Next(t.Context()); !errors.Is(again, err) {
				t.Errorf("the next call gave %v, want the same error", again)
			}
		})
	}
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for steps := range 20 {
		l, err := NewLoader(t.Context(), numbers{n: 1000}, LoaderOptions{Sequences: 3, Workers: 4, Bucket: steps % 2 * 50})
		if err != nil {
			t.Fatal(err)
		}
		for range steps {
			if _, _, err := l.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		l.Close()
		l.Close()
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func TestContexts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	l, err := NewLoader(ctx, numbers{n: 1000}, LoaderOptions{Sequences: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cancel()
	for err == nil {
		_, _, err = l.Next(t.Context())
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
