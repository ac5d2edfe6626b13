package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"gobert/internal/ui"
)

// print writes the report for people.
func (c *connections) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	hosts := c.hosts()
	fmt.Fprintf(t, "ranks\t%d, started by %s (%s)\n", c.size, c.Launcher, strings.Join(hosts, "; "))
	fmt.Fprintf(t, "met\tat %s, after %.1f s\n", c.Meeting, c.Met)
	fmt.Fprintf(t, "sums\ton %s of rank 0, and likewise of the others\n", c.Device)
	for _, remote := range []bool{false, true} {
		var slowest pairHealth // and the one with the longest way, as a rule the same
		trip, n := 0.0, 0
		for _, p := range c.Pairs {
			if p.Remote != remote {
				continue
			}
			if n == 0 || p.Rate < slowest.Rate {
				slowest = p
			}
			trip, n = max(trip, p.RoundTrip), n+1
		}
		name := map[bool]string{false: "on a machine", true: "between machines"}[remote]
		if n > 0 {
			fmt.Fprintf(t, "%s\tpairs: %d; a byte there and back in at most %.3f ms; %s/s each way at least (ranks %d and %d)\n",
				name, n, trip, ui.Bytes(int64(slowest.Rate)), slowest.Ranks[0], slowest.Ranks[1])
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\ngradient\treduce-scatter\tgather\tall-reduce\ta rank sends\t\n")
	ms := func(d time.Duration) string { return fmt.Sprintf("%.3f ms", d.Seconds()*1e3) }
	for _, s := range c.Sums {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s/s\t\n", ui.Bytes(s.Bytes), ms(s.Scatter), ms(s.Gather), ms(s.Scatter+s.Gather), ui.Bytes(int64(s.Bandwidth(c.size))))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, p := range c.Problems {
		fmt.Fprintf(w, "problem: %s\n   hint: %s\n", p.What, p.Hint)
	}
	if len(c.Problems) == 0 {
		_, err := fmt.Fprintln(w, "All is well: every sum was right.")
		return err
	}
	return nil
}
