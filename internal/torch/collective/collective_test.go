package collective

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"testing"
	"unsafe"

	"gobert/internal/torch"
)

// set fills a tensor of whatever device.
func set(t *torch.Tensor, values []float32) {
	there := torch.NewFrom(values, torch.CPU, int64(len(values)))
	defer there.Free()
	t.CopyFrom(there, false)
}

func hash(values []float32) string {
	memory := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values))
	return fmt.Sprintf("%x", sha256.Sum256(memory))
}

// TestSameBits: the sum over 1, 2, 4 and 8 ranks is the tree's that one process computes, and no rank sends more than its share.
func TestSameBits(t *testing.T) {
	want := hash(tree(0, parts))
	for _, size := range []int{1, 2, 4, 8} {
		sameBits(t, size, want)
	}
}

// sameBits expects the sum of so many ranks, and that they send no more than their shares.
func sameBits(t *testing.T, size int, want string, env ...string) {
	t.Helper()
	processes := world(t, size, size, "sum", env...)
	ends(t, processes, "well")
	sent := 0
	for rank, p := range processes {
		if got := p.line("hash"); got != want {
			t.Errorf("%d ranks: rank %d has %s, want %s", size, rank, got, want)
		}
		n, err := strconv.Atoi(p.line("sent"))
		if err != nil {
			t.Error(err)
		}
		sent += n
	}
	if limit := 3 * 2 * (size - 1) * length * 4; sent != limit { // over all ranks: 2 (W-1)/W of the gradient for each of W
		t.Errorf("%d ranks sent %d bytes, want %d", size, sent, limit)
	}
}

// groupCalls is what a rank does in TestGroup.
func groupCalls(w *World) error {
	rank, size := w.place.Rank, w.place.Size
	all := make([]float32, 3*size)
	for i := range 3 {
		all[3*rank+i] = float32(100*rank + i)
	}
	gathered, told := torch.NewFrom(all, device(w), int64(3*size)), torch.NewFrom([]int64{int64(7 * rank), int64(5 + rank)}, device(w), 2)
	if err := w.AllGather(gathered); err != nil {
		return err
	}
	for i, v := range torch.Values[float32](gathered) {
		if v != float32(100*(i/3)+i%3) {
			return fmt.Errorf("gathered %v", torch.Values[float32](gathered))
		}
	}
	if err := w.Broadcast(told); err != nil {
		return err
	}
	if got := torch.Values[int64](told); got[0] != 0 || got[1] != 5 {
		return fmt.Errorf("told %v", got)
	}
	if err := w.AllGather(torch.NewFrom([]float32{1, 2, 3}, torch.CPU, 3)); err == nil {
		return fmt.Errorf("3 elements in equal parts")
	}
	return w.Barrier()
}

func TestGroup(t *testing.T) { ends(t, world(t, 4, 4, "group"), "well") }

func TestAgree(t *testing.T) {
	ends(t, world(t, 2, 2, "agree"), "well")
	processes := world(t, 4, 4, "differ")
	ends(t, processes, "ranks: the corpus: 1 on ranks 2 and 3, and 0 on rank 0")
	for rank, p := range processes {
		if said := p.line("told"); said != `[{"ranks: the corpus: 1 on ranks 2 and 3, and 0 on rank 0" ["copy it"]}], of use true` {
			t.Errorf("rank %d: %s", rank, said)
		}
	}
}
