package pretrain

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gobert/internal/record"
	"gobert/internal/testkit"
)

// TestMemoryIsFlat trains the model called tiny, with evaluations and checkpoints, on documents long enough that nearly all
// sequences are full, as those of real corpora are. The process does not grow steadily once it has begun, and nothing is left running or open
// afterwards. Go's own heap breathes between two collections, so the least of some measurements counts.
func TestMemoryIsFlat(t *testing.T) {
	const room = 2 << 20
	length := os.Getenv("GOBERT_FLAT_STEPS")
	if length == "" {
		t.Skip("GOBERT_FLAT_STEPS is not set: 10000 steps take some minutes (TestNothingLeaks in package train is the short form)")
	}
	data, out := corpusOf(t, 40, 150), filepath.Join(t.TempDir(), "run")
	compare := testkit.Left(t)
	c := config(t, data, out, "--model", "tiny", "--steps", length, "--seq-length", "64", "--batch", "16", "--log-every", "5", "--evaluate-every", "50",
		"--save-every", "50")
	if _, err := Train(t.Context(), c, quiet()); err != nil {
		t.Fatal(err)
	}
	entries, err := record.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	_, memory := record.Series(entries, record.Step, "memory")
	var held []int64
	for few := range slices.Chunk(memory, max(1, len(memory)/13)) {
		held = append(held, int64(slices.Min(few)))
	}
	testkit.Flat(t, held[1:], room)
	compare()
}
