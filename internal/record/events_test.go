package record

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// written returns the bytes of the one event file in a folder.
func written(t *testing.T, folder string) []byte {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "events.out.tfevents.*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("event files %v, %v", found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestEvents compares with files that TensorBoard's own writer wrote and its reader read.
func TestEvents(t *testing.T) {
	tests := []struct {
		golden  string
		options Options
		entries []Entry
	}{
		{"new.golden", Options{TensorBoard: true}, []Entry{
			{Kind: Step, Step: 10, Values: []Value{{Name: "loss", Value: 7.5}, {Name: "learning_rate", Value: 1e-4}}, Timing: []Value{{Name: "tokens_per_second", Value: 51200}}},
			{Kind: Evaluation, Step: 10, Values: []Value{{Name: "loss", Value: 0}, {Name: "accuracy", Value: math.NaN()}}},
			{Kind: Step, Step: 1 << 40, Values: []Value{{Name: "loss", Value: -1e30}}},
			{Kind: Event, Step: 1 << 41, Text: "saved"},
		}},
		{"resumed.golden", Options{TensorBoard: true, Resume: true, Step: 10}, []Entry{
			{Kind: Step, Step: 20, Values: []Value{{Name: "loss", Value: 3.25}}},
		}},
	}
	for _, c := range tests {
		clock := time.Unix(1700000000, 250_000_000)
		c.options.Now = func() time.Time {
			now := clock
			clock = clock.Add(time.Second)
			return now
		}
		folder := t.TempDir()
		l, err := Open(folder, c.options)
		if err != nil {
			t.Fatal(err)
		}
		write(t, l, c.entries...)
		// Before it is closed: TensorBoard reads along.
		want, err := os.ReadFile(filepath.Join("testdata", c.golden))
		if err != nil {
			t.Fatal(err)
		}
		if got := written(t, folder); !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%x\nwant\n%x", c.golden, got, want)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
