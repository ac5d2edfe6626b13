package collective

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"gobert/internal/ranks"
	"gobert/internal/testkit"
)

// met waits until all ranks have met.
func met(t *testing.T, processes []*process) {
	t.Helper()
	for _, p := range processes {
		select {
		case <-p.met:
		case <-time.After(patience):
			t.Fatal("the ranks do not meet")
		}
	}
}

// TestKilled: whichever rank is killed, at whatever moment of their work, every other one names it.
func TestKilled(t *testing.T) {
	for i := range testkit.Kills(4) {
		victim := i % 4
		processes := world(t, 4, 4, "loop")
		met(t, processes)
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond) // somewhere in the loop
		_ = processes[victim].cmd.Process.Kill()
		ends(t, processes, fmt.Sprintf("lost %d kind 0: rank %d (pid %d on ", victim, victim, processes[victim].cmd.Process.Pid), victim)
	}
}

// TestKilledEarly: likewise for one that is killed while the ranks still meet. Where it has not come at all, it is the one missed.
func TestKilledEarly(t *testing.T) {
	t.Parallel()
	for i := range testkit.Kills(4) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel() // the others may wait for long
			victim := i % 4
			processes := world(t, 4, 4, "loop", "PATIENCE=20s")
			time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond)
			_ = processes[victim].cmd.Process.Kill()
			for rank, p := range processes {
				end := p.end(t)
				missed := victim == 0 && strings.Contains(end, "that rank 0 keeps")
				if rank != victim && !missed && !strings.HasPrefix(end, fmt.Sprintf("lost %d ", victim)) {
					t.Errorf("rank %d was killed, rank %d: %q", victim, rank, end)
				}
			}
		})
	}
}

// TestStopped: likewise for one that stands still, and the one that keeps the store; when it goes on, it learns what became of it.
func TestStopped(t *testing.T) {
	t.Parallel()
	for _, victim := range []int{0, 2} {
		t.Run(fmt.Sprint("rank ", victim), func(t *testing.T) {
			t.Parallel() // it waits, most of the time
			processes := world(t, 4, 4, "loop", "TIMEOUT=10s")
			met(t, processes)
			_ = processes[victim].cmd.Process.Signal(syscall.SIGSTOP)
			stopped := time.Now()
			ends(t, processes, fmt.Sprintf("lost %d kind 0: rank %d (pid %d on ", victim, victim, processes[victim].cmd.Process.Pid), victim)
			t.Logf("all others have ended after %.1f s", time.Since(stopped).Seconds())
			_ = processes[victim].cmd.Process.Signal(syscall.SIGCONT)
			ends(t, processes[victim:victim+1], "lost ")
		})
	}
}

// TestAllStandStill: where all ranks stand still for longer than the timeout, as on a machine that is put to sleep, nobody is lost, whoever
// wakes first.
func TestAllStandStill(t *testing.T) {
	t.Parallel()
	processes := world(t, 2, 2, "loop", "TIMEOUT=5s")
	met(t, processes)
	for _, first := range []int{0, 1} {
		both := []*process{processes[1-first], processes[first]}
		for _, p := range both {
			_ = p.cmd.Process.Signal(syscall.SIGSTOP)
			time.Sleep(time.Second) // the other one sees its last beat
		}
		time.Sleep(5 * time.Second)
		for _, p := range []*process{both[1], both[0]} {
			_ = p.cmd.Process.Signal(syscall.SIGCONT)
			time.Sleep(time.Second)
		}
	}
	_ = processes[1].cmd.Process.Kill()
	ends(t, processes[:1], fmt.Sprintf("lost 1 kind 0: rank 1 (pid %d on ", processes[1].cmd.Process.Pid))
	if end := processes[0].end(t); strings.Contains(end, "no sign of life") {
		t.Error(end)
	}
}

// TestFailed: a rank that ends by a fault of its own says which.
func TestFailed(t *testing.T) {
	processes := world(t, 4, 4, "fail")
	ends(t, processes, fmt.Sprintf("lost 1 kind 1: rank 1 (pid %d on ", processes[1].cmd.Process.Pid))
	for rank, want := range map[int]string{ // the one that failed has its own error in the chain
		1: ` failed: no memory for --batch 8" ["--batch 4"]}], of use true`, 3: ` failed: no memory for batch 8" ["batch 4"]}], of use false`,
	} {
		if said := processes[rank].line("told"); !strings.HasSuffix(said, want) {
			t.Errorf("rank %d: %s", rank, said)
		}
	}
}

// TestIdle: ranks that wait for nobody hear of a loss, too.
func TestIdle(t *testing.T) {
	t.Parallel()
	processes := world(t, 4, 4, "idle", "TIMEOUT=10s")
	met(t, processes)
	_ = processes[3].cmd.Process.Kill()
	ends(t, processes, "lost 3 kind 0", 3)
}

// TestLimit: a rank that lives and does not come is named, too.
func TestLimit(t *testing.T) {
	processes := world(t, 2, 2, "sleep", "LIMIT=100ms")
	ends(t, processes, "lost 1 kind 0")
	if end := processes[0].end(t); !strings.Contains(end, "it lives, but others have waited for it for 100ms") {
		t.Error(end)
	}
}

func TestARankThatDoesNotCome(t *testing.T) {
	processes := world(t, 2, 4, "loop", "PATIENCE=3s")
	ends(t, processes, "lost 2 kind 2: ranks 2 and 3 of 4 did not come to 127.0.0.1:")
}

// TestLate: ranks that come long after the first, and before rank 0 does.
func TestLate(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there now
	var processes []*process
	for _, rank := range []int{1, 3, 0, 2} {
		processes = append(processes, start(t, rank, 4, l.Addr().String(), nil, "agree"))
		time.Sleep(200 * time.Millisecond)
	}
	ends(t, processes, "well")
}

func TestARankStartedTwice(t *testing.T) {
	l, listener := listening(t)
	first := start(t, 1, 2, l, nil, "loop")
	keeper := start(t, 0, 2, l, listener, "loop")
	met(t, []*process{first, keeper})
	want := fmt.Sprintf("collective: rank 1 is here already (pid %d on ", first.cmd.Process.Pid)
	ends(t, []*process{start(t, 1, 2, l, nil, "loop")}, want)
	select {
	case <-first.done:
		t.Error("the first one ended")
	default:
	}
}

func TestAPortInUse(t *testing.T) {
	address, _ := listening(t)
	_, port, _ := net.SplitHostPort(address)
	want := fmt.Sprintf("collective: port %s of this machine, where rank 0 keeps the store, is in use (hint: ", port)
	ends(t, []*process{start(t, 0, 2, address, nil, "loop")}, want)
}

func TestWorldsOfTwoSizes(t *testing.T) {
	address, listener := listening(t)
	processes := []*process{start(t, 0, 4, address, listener, "loop"), nil}
	processes[1] = start(t, 1, 2, address, nil, "loop")
	for _, p := range processes {
		end := p.end(t)
		if !strings.Contains(end, "failed: it was told of 2 ranks, and others of 4") && !strings.Contains(end, "failed: it was told of 4 ranks, and others of 2") {
			t.Error(end)
		}
	}
}

func TestAnAddressThatIsNone(t *testing.T) {
	for address, want := range map[string]string{
		"no-such-host.invalid:4000": "no-such-host.invalid, where rank 0 keeps the store, does not resolve since 100ms: ",
		"127.0.0.1:1":               "rank 0, which keeps the store, did not come to 127.0.0.1:1 within 100ms: ",
	} {
		host, port, _ := net.SplitHostPort(address)
		place, err := ranks.Find(func(name string) (string, bool) {
			value, found := map[string]string{"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": host, "MASTER_PORT": port}[name]
			return value, found
		}, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Meet(t.Context(), Options{Place: place, Patience: 100 * time.Millisecond})
		var lost *ranks.Lost // a launcher may start it again
		if !errors.As(err, &lost) || lost.Rank != 0 || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := Meet(t.Context(), Options{Place: ranks.Place{Size: 3}}); err == nil || !strings.Contains(err.Error(), "ranks is 3: expected 1, 2, 4, 8") {
		t.Error(err)
	}
}

// listening gives an address that something listens at, and its descriptor.
func listening(t *testing.T) (string, *os.File) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); file.Close() })
	return l.Addr().String(), file
}
