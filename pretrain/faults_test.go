package pretrain

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gobert/internal/link"
	"gobert/internal/ranks"
	"gobert/internal/testkit"
)

// A trouble is a way in which a rank is taken out of a run.
type trouble struct {
	name    string
	start   func(t *testing.T, size int, data, out string, env ...string) []*process
	strike  func(victim *process, rank int)
	anytime bool // while the ranks meet, too
}

// patience is how long the others have: twice the limit. Who waits for a rank that was gone before it came is ended then, as by a launcher,
// and is gone, too.
const patience = 20 * time.Second

// survive runs ranks that are disturbed, at random moments: every other rank names the one that was struck, and ends with the code that
// launchers start again on. Each time another number of ranks goes on, to the bits of a run that was never disturbed.
func survive(t *testing.T, sizes []int, troubles []trouble) {
	t.Helper()
	data := newCorpus(t, 40)
	whole, out := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "run")
	began := time.Now()
	finish(t, startRanks(t, 2, data, whole))
	lasted := time.Since(began)
	want := ended(t, whole) + testkit.Listing(t, whole)
	same := func(struck int) {
		t.Helper()
		if diff := cmp.Diff(want, ended(t, out)+testkit.Listing(t, out)); diff != "" {
			t.Fatalf("after %d faults: %s", struck, diff)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for try, struck := 0, 0; struck < len(troubles); try++ {
		x := troubles[struck]
		within := limit + "=10s"
		if x.anytime {
			within = limit + "=1m" // a connection that closes tells earlier
		}
		all := x.start(t, sizes[try%len(sizes)], data, out, within)
		victim, wait := random.IntN(len(all)), time.Duration(random.Int64N(int64(lasted)))
		if !x.anytime {
			for _, p := range all {
				<-p.begun
			}
			wait /= 2 // the run began earlier
		}
		time.Sleep(wait)
		x.strike(all[victim], victim)
		named, took := x.others(t, all, victim)
		if t.Failed() {
			return
		}
		_ = all[victim].Process.Signal(syscall.SIGCONT) // it learns what became of it
		select {
		case <-all[victim].ended:
		case <-awake(patience):
			_ = all[victim].Process.Kill()
			<-all[victim].ended
		}
		if named < 0 { // it was too late
			same(struck)
			out = filepath.Join(t.TempDir(), "run")
			continue
		}
		struck++
		t.Logf("%d, %s: rank %d of %d after %.1f s; %d named it within %.1f s", struck, x.name, victim, len(all), wait.Seconds(), named, took.Seconds())
	}
	finish(t, startRanks(t, 1, data, out))
	same(len(troubles))
}

// others waits for the ranks that were not struck, and gives how many named the one that was, and when the last one did; -1 where all are done.
func (x trouble) others(t *testing.T, all []*process, victim int) (named int, took time.Duration) {
	t.Helper()
	began := time.Now()
	gone, done := []int{victim}, 0
	for rank, p := range all {
		if rank == victim {
			continue
		}
		over := false
		select {
		case <-p.ended:
		case <-awake(patience):
			over = true
			_ = p.Process.Kill()
			<-p.ended
		}
		says := slices.ContainsFunc(gone, func(rank int) bool { return strings.Contains(p.said.String(), fmt.Sprintf("rank %d ", rank)) })
		switch {
		case p.err == nil:
			done++
		case over && x.anytime:
			gone = append(gone, rank)
		case victim == 0 && x.anytime && strings.Contains(p.said.String(), "rank 0 keeps"): // it was gone before it did
		case over || p.ProcessState.ExitCode() != ranks.ExitLost || !says:
			t.Errorf("rank %d of %d, when rank %d was struck: %v\n%s", rank, len(all), victim, p.err, &p.said)
		default:
			named++
		}
	}
	if done == len(all)-1 {
		return -1, 0
	}
	return named, time.Since(began)
}

// awake is closed when so much time has gone by in which this machine was not asleep.
func awake(wait time.Duration) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		for ; wait > 0; wait -= time.Second {
			time.Sleep(time.Second)
		}
	}()
	return over
}

// TestStoppedCutOffAndKilledRanksEndWithTheSameBits: whoever is killed without warning, stands still, or is cut off.
func TestStoppedCutOffAndKilledRanksEndWithTheSameBits(t *testing.T) {
	if asRank(t) {
		return
	}
	t.Parallel() // it waits, most of the time
	kill := trouble{name: "killed", start: startRanks, strike: func(p *process, _ int) { _ = p.Process.Kill() }, anytime: testkit.Kills(0) > 0}
	stop := trouble{name: "stopped", start: startRanks, strike: func(p *process, _ int) { _ = p.Process.Signal(syscall.SIGSTOP) }}
	cut := cutOff()
	if err := link.Allowed(); err != nil {
		t.Log("nobody is cut off:", err)
		cut = stop
	}
	kills := testkit.Kills(1)
	rest := (kills + 4) / 5
	troubles := slices.Concat(slices.Repeat([]trouble{kill}, kills), slices.Repeat([]trouble{stop}, rest), slices.Repeat([]trouble{cut}, rest))
	survive(t, []int{4, 2, 4}, troubles)
}

// apart starts each rank on a machine of its own.
func apart(o link.Options, net **link.Network) func(t *testing.T, size int, data, out string, env ...string) []*process {
	return func(t *testing.T, size int, data, out string, env ...string) []*process {
		t.Helper()
		n, err := link.New(size, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(n.Close)
		*net = n
		_ = together(t, data, out) // writes what all read
		var all []*process
		for rank := range size {
			p := rankOf(t, data, out, env)
			if err := n.Start(rank, p.Cmd); err != nil {
				t.Fatal(err)
			}
			p.follow(t)
			all = append(all, p)
		}
		return all
	}
}

// cutOff lets nothing come from a machine or to it any more.
func cutOff() trouble {
	var net *link.Network
	return trouble{name: "cut off", start: apart(link.Options{}, &net), strike: func(_ *process, rank int) { net.Cut(rank) }}
}

// TestRanksOverABadLink: packets take their time, and some are lost. Nobody is taken for lost, and a rank that is killed is named.
func TestRanksOverABadLink(t *testing.T) {
	if asRank(t) {
		return
	}
	if testkit.Kills(0) == 0 {
		t.Skip("GOBERT_LONG is not set: it takes minutes")
	}
	if err := link.Allowed(); err != nil {
		t.Skip(err)
	}
	var net *link.Network
	start := apart(link.Options{Delay: 50 * time.Millisecond, Loss: 0.01}, &net)
	kill := trouble{name: "killed", start: start, strike: func(p *process, _ int) { _ = p.Process.Kill() }}
	survive(t, []int{2, 4}, []trouble{kill, kill, kill})
}
