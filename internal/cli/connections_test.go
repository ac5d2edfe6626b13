package cli

import (
	"strings"
	"testing"
	"time"

	"gobert/internal/torch/collective"
)

// aWorld is four ranks on two machines, where all is well.
func aWorld() *connections {
	c := &connections{Launcher: "torchrun", Meeting: "a:29500", size: 4, Problems: []problem{}, Sums: []collective.Sums{{Bytes: 1 << 20, Scatter: time.Millisecond, Gather: time.Millisecond}}}
	for rank := range 4 {
		host := []string{"a", "b"}[rank/2]
		c.Ranks = append(c.Ranks, rankHealth{Rank: rank, Host: host, Threads: 4, Cores: 8, LibTorch: "2.11.0", Version: "v1", Vectors: "AVX2", Clock: 1e18})
	}
	for _, pair := range [][2]int{{0, 1}, {2, 3}, {0, 2}, {1, 3}} {
		c.Pairs = append(c.Pairs, pairHealth{Ranks: pair, RoundTrip: 0.1, Rate: 1e9, Remote: pair[1] == pair[0]+2})
	}
	return c
}

// TestConnectionsAreJudged: what is wrong is told with ranks and machines, and nothing else is.
func TestConnectionsAreJudged(t *testing.T) {
	for want, spoil := range map[string]func(c *connections){
		"": func(*connections) {},
		"LibTorch: 2.10.0 on rank 2 (b), and 2.11.0 on rank 0 (a)": func(c *connections) { c.Ranks[2].LibTorch = "2.10.0" },
		"gobert: v2 on rank 3 (b), and v1 on rank 0 (a)":           func(c *connections) { c.Ranks[3].Version = "v2" },
		"the processor's instructions: AVX512 on rank 1 (a)":       func(c *connections) { c.Ranks[1].Vectors = "AVX512" },
		"the number of threads: 2 on rank 1 (a), and 4 on rank 0":  func(c *connections) { c.Ranks[1].Threads = 2 },
		"8 threads of its ranks share the 6 cores of b":            func(c *connections) { c.Ranks[2].Cores, c.Ranks[3].Cores = 6, 6 },
		"the clocks of b and a differ by 1h0m0s":                   func(c *connections) { c.Ranks[3].Clock += int64(time.Hour) },
		"between rank 1 (a) and rank 3 (b) 10.0M a second pass":    func(c *connections) { c.Pairs[3].Rate = 10 << 20 },
	} {
		c := aWorld()
		spoil(c)
		c.judge()
		switch {
		case want == "" && len(c.Problems) > 0:
			t.Errorf("a world in which all is well has %v", c.Problems)
		case want != "" && (len(c.Problems) != 1 || !strings.Contains(c.Problems[0].What, want) || c.Problems[0].Hint == ""):
			t.Errorf("got %v, want %q", c.Problems, want)
		}
	}
}

func TestConnectionsArePrinted(t *testing.T) {
	var out strings.Builder
	c := aWorld()
	if err := c.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"4, started by torchrun (a: 0, 1; b: 2, 3)", "on a machine", "between machines", "All is well", "750M/s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nlacks %q", out.String(), want)
		}
	}
}
