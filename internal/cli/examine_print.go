package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// print writes the report for people.
func (r health) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	row("gobert", "%s, %s, %s", r.Module, r.Go, r.System)
	row("LibTorch", "%s from %s", r.LibTorch, r.Library)
	row("CPU", "%d cores, %d threads an operator, %s", r.Cores, r.Threads, r.Vectors)
	for _, g := range r.GPUs {
		row(g.Device, "%s, %.1f of %.1f GiB free, capability %s", g.Name, gib(g.Free), gib(g.Total), g.Capability)
	}
	if r.CUDA != "" {
		row("GPU", "none (%s)", r.CUDA)
	}
	for _, c := range r.Compute {
		how := "native"
		if !c.Native {
			how = "works, but slower than fp32"
		}
		row("compute "+c.Type, "%s: %s", c.Device, how)
	}
	for _, p := range r.Attention {
		row("attention "+p.Type, "%s: %s (%s)", p.Device, p.Path, strings.Join(p.Models, ", "))
	}
	for _, test := range r.Tests {
		result := "passed"
		if !test.Passed {
			result = "FAILED"
		}
		row("self-test", "%s on %s: %s", test.Name, test.Device, result)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, p := range r.Problems {
		fmt.Fprintf(w, "problem: %s\n   hint: %s\n", p.What, p.Hint)
	}
	if r.Healthy {
		_, err := fmt.Fprintf(w, "All is well (self-test took %.1f s).\n", r.TestTimes)
		return err
	}
	return nil
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }
