package bert

import (
	"slices"
	"sync"
	"testing"

	"gobert/internal/torch"
)

// reordered is a model whose passes are one call, with a vocabulary of 100, five heads and random weights. Threads are set back after the test.
func reordered(t *testing.T, layers, width, inner int, pooler bool) *Model {
	t.Helper()
	if !torch.Reorderable(torch.Float32) || torch.CPUCapability() == "DEFAULT" {
		t.Skip("no kernels of our own for this processor")
	}
	config, err := Size("tiny")
	if err != nil {
		t.Fatal(err)
	}
	config.VocabSize, config.NumLayers, config.HiddenSize, config.NumHeads, config.IntermediateSize = 100, layers, width, 5, inner
	m, err := New(config, pooler)
	if err != nil {
		t.Fatal(err)
	}
	before := torch.Threads()
	t.Cleanup(func() {
		m.Close()
		if err := torch.SetThreads(before); err != nil {
			t.Fatal(err)
		}
	})
	run(t, func() { NewStore(m, torch.CPU); Initialize(Parameters(m), 0.2, 1) })
	if err := m.Reorder(); err != nil {
		t.Fatal(err)
	}
	return m
}

// ofLengths are sequences of some words.
func ofLengths(lengths ...int) Packing {
	batch := Packing{Offsets: []int32{0}}
	for i, length := range lengths {
		for j := range length {
			batch.IDs = append(batch.IDs, int32((j*37+i)%100))
		}
		batch.Offsets = append(batch.Offsets, int32(len(batch.IDs)))
	}
	return batch
}

// TestSequencesKnowNoNeighbours computes sequences together and each alone, on one thread and on more than there are cores, so that some
// are often taken off theirs: the bits are the same, and those of rows that are asked for are those of all.
func TestSequencesKnowNoNeighbours(t *testing.T) {
	m := reordered(t, 4, 120, 200, true)
	batch := ofLengths(40, 1, 130, 7, 300)
	encode := func(in Packing) *Output {
		out, err := m.Encode(Input{IDs: in.IDs, Offsets: in.Offsets}, Want{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := encode(batch)
	for _, threads := range []int{1, 5} {
		if err := torch.SetThreads(threads); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 8 { // all at once
			group.Go(func() {
				for range 20 {
					if got, err := m.Encode(Input{IDs: batch.IDs, Offsets: batch.Offsets}, Want{}); err != nil || !slices.Equal(got.Last, want.Last) {
						t.Errorf("%d threads, with others at work: other bits, %v", threads, err)
						return
					}
				}
			})
		}
		group.Wait()
		for range 5 {
			if got := encode(batch); !slices.Equal(got.Last, want.Last) || !slices.Equal(got.Pooled, want.Pooled) {
				t.Fatalf("%d threads give other bits", threads)
			}
		}
		for i := range len(batch.Offsets) - 1 {
			from, to := batch.Offsets[i], batch.Offsets[i+1]
			alone := encode(Packing{IDs: batch.IDs[from:to], Offsets: []int32{0, to - from}})
			if !slices.Equal(alone.Last, want.Last[int(from)*want.Width:int(to)*want.Width]) {
				t.Fatalf("%d threads: sequence %d alone has other bits", threads, i)
			}
		}
		rows := []int32{0, 40, 41, 300, 477}
		err := torch.Do(m.Mode(), func(p *torch.Pass) error {
			in, err := m.Config.Pack(p, batch)
			if err != nil {
				return err
			}
			picked := torch.Values[float32](m.Forward(p, in, Want{Rows: torch.From(p, rows, int64(len(rows)))}).Last)
			for i, row := range rows {
				if !slices.Equal(picked[i*want.Width:(i+1)*want.Width], want.Last[int(row)*want.Width:int(row+1)*want.Width]) {
					t.Errorf("%d threads: row %d has other bits when it is asked for", threads, row)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
