package testkit

import "testing"

// TestGrowth: a leak is in every window; what is taken once or twice, or held for a moment, is no leak.
func TestGrowth(t *testing.T) {
	const leak, megabyte = 1000, 1 << 20
	for _, c := range []struct {
		name     string
		held     func(i int64) int64
		atLeast  int64
		lessThan int64
	}{
		{"nothing", func(int64) int64 { return 7 }, 0, 1},
		{"a leak", func(i int64) int64 { return leak * i }, 11 * leak, 11*leak + 1},
		{"a leak under noise", func(i int64) int64 { return leak*i + leak*(i*i%3) }, 10 * leak, 12 * leak},
		{"a leak and a thread", func(i int64) int64 { return leak*i + i/6*megabyte }, 11 * leak, 11*leak + 1},
		{"a thread", func(i int64) int64 { return i / 6 * megabyte }, 0, 1},
		{"two threads", func(i int64) int64 { return i / 4 * megabyte }, 0, 1},
		{"held for a moment", func(i int64) int64 { return i % 5 / 4 * megabyte }, 0, 1},
		{"given back", func(i int64) int64 { return -i * megabyte }, -11 * megabyte, 0},
	} {
		var held []int64
		for i := range int64(12) {
			held = append(held, c.held(i))
		}
		if got := growth(held); got < c.atLeast || got >= c.lessThan {
			t.Errorf("%s: a growth of %d", c.name, got)
		}
	}
}
