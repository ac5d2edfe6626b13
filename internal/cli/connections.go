package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"gobert/internal/fault"
	"gobert/internal/ranks"
	"gobert/internal/torch"
	"gobert/internal/torch/collective"
	"gobert/internal/ui"
)

// connections are the ranks of a world and what is between them.
type connections struct {
	Launcher string            `json:"launcher"`
	Device   string            `json:"device"` // of rank 0, where the sums are taken
	Meeting  string            `json:"meeting"`
	Met      float64           `json:"met_seconds"`
	Ranks    []rankHealth      `json:"ranks"`
	Pairs    []pairHealth      `json:"pairs"`
	Sums     []collective.Sums `json:"sums"`
	Problems []problem         `json:"problems"`
	size     int
}

// rankHealth is what a rank says of itself.
type rankHealth struct {
	Rank     int    `json:"rank"`
	Host     string `json:"host"`
	Process  int    `json:"process"`
	Threads  int    `json:"threads"`
	Cores    int    `json:"cores"`
	LibTorch string `json:"libtorch"`
	Version  string `json:"version"`
	Vectors  string `json:"vectors"`
	Clock    int64  `json:"clock_unix_ns"` // when all had come

	Pairs []pairHealth `json:"pairs,omitzero"` // on the way to rank 0
}

// pairHealth is the connection between two ranks.
type pairHealth struct {
	Ranks     [2]int  `json:"ranks"`
	RoundTrip float64 `json:"round_trip_ms"`
	Rate      float64 `json:"bytes_per_second"` // each way, both at once
	Remote    bool    `json:"remote"`           // between two machines
}

// sumSizes are the bytes of gradients that are summed: small ones show what a step of it costs, large ones what the network carries.
var sumSizes = []int64{64 << 10, 1 << 20, 16 << 20, 64 << 20}

// sumRounds is how often.
const sumRounds = 5

// connect meets the others and measures. On other ranks than the first there is nothing to tell.
func connect(ctx context.Context, s *Streams, place ranks.Place, device torch.Device, timeout time.Duration) (c *connections, err error) {
	began := time.Now()
	if place.First() {
		s.Log.Info(fmt.Sprintf("%v, started by %s, meets the others at %s", place, place.Launcher, place.Meeting()))
	}
	w, err := collective.Meet(ctx, collective.Options{Place: place, Timeout: timeout, Tell: func(missing []int) {
		s.Log.Info("waiting for " + ranks.Names(missing) + " at " + place.Meeting())
	}})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = w.Fail(err)
		}
		if closed := w.Close(); err == nil {
			err = closed
		}
	}()
	if err := w.Join(ctx, device); err != nil {
		return nil, err
	}
	c = &connections{Launcher: place.Launcher, Device: device.String(), Meeting: place.Meeting(), Met: time.Since(began).Seconds(), Problems: []problem{}, size: place.Size}
	if err := c.examineRanks(w); err != nil {
		return nil, err
	}
	for _, bytes := range sumSizes {
		sums, err := w.MeasureSums(device, bytes, sumRounds)
		if err != nil {
			return nil, err
		}
		c.Sums = append(c.Sums, sums)
	}
	c.judge()
	return c, w.Barrier()
}

// examineRanks measures the pairs, and lets every rank tell of itself.
func (c *connections) examineRanks(w *collective.World) error {
	if err := w.Barrier(); err != nil {
		return err
	}
	clock := time.Now().UnixNano()
	pairs, err := w.Pairs()
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "a machine without a name"
	}
	own := rankHealth{
		Rank: w.Place().Rank, Host: host, Process: os.Getpid(), Threads: torch.Threads(), Cores: runtime.NumCPU(), LibTorch: torch.Version(),
		Version: moduleVersion(), Vectors: torch.CPUCapability(), Clock: clock,
	}
	for _, p := range pairs {
		own.Pairs = append(own.Pairs, pairHealth{Ranks: [2]int{p.Rank, p.Peer}, RoundTrip: p.RoundTrip.Seconds() * 1e3, Rate: p.Rate})
	}
	text, err := json.Marshal(own)
	if err != nil {
		return err
	}
	told, err := w.Exchange(string(text))
	if err != nil {
		return err
	}
	for rank, text := range told {
		var r rankHealth
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return fmt.Errorf("cli: what rank %d tells of itself: %w", rank, err)
		}
		c.Ranks = append(c.Ranks, r)
	}
	for i := range c.Ranks {
		for _, p := range c.Ranks[i].Pairs {
			p.Remote = c.Ranks[p.Ranks[0]].Host != c.Ranks[p.Ranks[1]].Host
			if p.Ranks[0] < p.Ranks[1] { // the other one measured the same
				c.Pairs = append(c.Pairs, p)
			}
		}
		c.Ranks[i].Pairs = nil
	}
	return nil
}

// What is worth a word: a connection so many times as slow as the usual one of its kind, and clocks so far apart.
const (
	slow     = 4
	farClock = 2 * time.Second
)

// judge finds what is wrong.
func (c *connections) judge() {
	add := func(hint, format string, args ...any) {
		c.Problems = append(c.Problems, problem{fmt.Sprintf(format, args...), hint})
	}
	for _, same := range []struct {
		name, hint string
		of         func(r rankHealth) string
	}{
		{"gobert", "install one build on all machines: training refuses to begin", func(r rankHealth) string { return r.Version }},
		{"LibTorch", "install one LibTorch on all machines: training refuses to begin", func(r rankHealth) string { return r.LibTorch }},
		{"the processor's instructions", "ATEN_CPU_CAPABILITY=avx2 on all machines is what the older ones have", func(r rankHealth) string { return r.Vectors }},
		{"the number of threads", fault.Command("give {threads}, or OMP_NUM_THREADS, the same on all machines"), func(r rankHealth) string { return fmt.Sprint(r.Threads) }},
	} {
		for _, r := range c.Ranks[1:] {
			if got, first := same.of(r), same.of(c.Ranks[0]); got != first {
				add(same.hint, "%s: %s on rank %d (%s), and %s on rank 0 (%s)", same.name, got, r.Rank, r.Host, first, c.Ranks[0].Host)
				break
			}
		}
	}
	for host, threads := range c.busy() {
		add("leave OMP_NUM_THREADS unset, or divide the cores among the ranks of a machine", "%d threads of its ranks share the %d cores of %s", threads[0], threads[1], host)
	}
	for _, r := range c.Ranks[1:] {
		if apart := time.Duration(r.Clock - c.Ranks[0].Clock).Abs(); apart > farClock {
			add("training does not compare clocks, but times in logs will not fit together: set them by NTP", "the clocks of %s and %s differ by %v",
				r.Host, c.Ranks[0].Host, apart.Round(time.Second))
			break
		}
	}
	for _, remote := range []bool{false, true} {
		c.judgePairs(remote, add)
	}
}

// judgePairs finds connections that are slower than their like.
func (c *connections) judgePairs(remote bool, add func(hint, format string, args ...any)) {
	var rates []float64
	for _, p := range c.Pairs {
		if p.Remote == remote {
			rates = append(rates, p.Rate)
		}
	}
	slices.Sort(rates)
	for _, p := range c.Pairs {
		if usual := rates; p.Remote == remote && p.Rate*slow < usual[len(usual)/2] {
			a, b := c.Ranks[p.Ranks[0]], c.Ranks[p.Ranks[1]]
			add("all wait for the slowest: look at that machine's network card, cable and port, or leave it out; GLOO_SOCKET_IFNAME names an interface",
				"between rank %d (%s) and rank %d (%s) %s a second pass, usual here are %s", a.Rank, a.Host, b.Rank, b.Host,
				ui.Bytes(int64(p.Rate)), ui.Bytes(int64(usual[len(usual)/2])))
		}
	}
}

// busy are the machines whose ranks have more threads than there are cores: both numbers, by the machine.
func (c *connections) busy() map[string][2]int {
	all := map[string][2]int{}
	for _, r := range c.Ranks {
		all[r.Host] = [2]int{all[r.Host][0] + r.Threads, r.Cores}
	}
	for host, n := range all {
		if n[0] <= n[1] {
			delete(all, host)
		}
	}
	return all
}

// hosts lists the machines with their ranks.
func (c *connections) hosts() []string {
	var names []string
	of := map[string][]string{}
	for _, r := range c.Ranks {
		if of[r.Host] == nil {
			names = append(names, r.Host)
		}
		of[r.Host] = append(of[r.Host], fmt.Sprint(r.Rank))
	}
	for i, name := range names {
		names[i] = name + ": " + strings.Join(of[name], ", ")
	}
	return names
}
