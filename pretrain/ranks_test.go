package pretrain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"gobert/internal/cli"
	"gobert/internal/ranks"
	"gobert/internal/testkit"
	"gobert/internal/torch/standin"
)

// together is a run of several ranks with everything whose order could depend on who computes it: dropout, accumulation, a ramp, batches
// that leave parts without a sequence, two phases, evaluations and saves.
func together(t *testing.T, data, out string) *Config {
	return sized(t, data, out, 96, "--steps", fmt.Sprint(standin.Times(testkit.Long(20, 40), 12)), "--batch", "4", "--accumulate", "2", "--parts", "4", "--ramp-from", "2", "--ramp-share", "0.3", "--second-length", "40",
		"--second-share", "0.3", "--log-every", "4", "--evaluate-every", "7", "--save-every", "5", "--resume", "auto", "--rank-timeout", cmp.Or(os.Getenv(limit), "1m"), "--optimizer", cmp.Or(os.Getenv(optimizer), "adamw"))
}

// limit is the variable that says how long a rank may give no sign of life.
const limit = "GOBERT_TEST_LIMIT"

// optimizer is the variable that names another one than AdamW.
const optimizer = "GOBERT_TEST_OPTIMIZER"

// dies is the variable that lets rank 0 be killed as soon as it has saved.
const dies = "GOBERT_TEST_DIES"

// asRank is what a process of these tests does that is one of several.
func asRank(t *testing.T) bool {
	out := os.Getenv("GOBERT_TEST_RUN")
	if out == "" {
		return false
	}
	talk := quiet()
	talk.Begin = func() { fmt.Println(begun) }
	if os.Getenv(dies) != "" {
		talk.OnSaved = func(int64, string) { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) }
	}
	_, err := Train(context.Background(), together(t, os.Getenv("GOBERT_TEST_CORPUS"), out), talk)
	if err != nil {
		fmt.Println(cli.Text(err))
	}
	var lost *ranks.Lost
	if errors.As(err, &lost) && lost.Cause == nil {
		os.Exit(ranks.ExitLost)
	} else if err != nil {
		os.Exit(1)
	}
	return true
}

// begun is what a rank says when all have met.
const begun = "begun"

// process is one rank that runs.
type process struct {
	*exec.Cmd
	mu    sync.Mutex
	said  strings.Builder
	begun chan struct{} // closed when it trains, or has ended
	ended chan struct{}
	err   error // of its end
}

func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := strings.Contains(p.said.String(), begun)
	p.said.Write(text)
	if !before && strings.Contains(p.said.String(), begun) {
		close(p.begun)
	}
	return len(text), nil
}

// rankOf prepares this test as one rank; where it is to meet the others is to be added.
func rankOf(t *testing.T, data, out string, env []string) *process {
	p := &process{Cmd: exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$"), begun: make(chan struct{}), ended: make(chan struct{})}
	p.Stdout, p.Stderr = p, p
	p.Env = append(os.Environ(), "GOBERT_TEST_RUN="+out, "GOBERT_TEST_CORPUS="+data, "OMP_NUM_THREADS=1")
	p.Env = append(p.Env, env...)
	return p
}

// follow waits for the process's end.
func (p *process) follow(t *testing.T) {
	go func() {
		p.err = p.Wait()
		if !strings.Contains(p.said.String(), begun) {
			close(p.begun)
		}
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.ended
	})
}

// startRanks starts this test so many times, as torchrun would.
func startRanks(t *testing.T, size int, data, out string, env ...string) []*process {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	_ = free.Close()
	_ = together(t, data, out) // writes what all read
	var all []*process
	for rank := range size {
		p := rankOf(t, data, out, env)
		p.Env = append(p.Env, fmt.Sprint("RANK=", rank), fmt.Sprint("WORLD_SIZE=", size), fmt.Sprint("LOCAL_RANK=", rank),
			fmt.Sprint("LOCAL_WORLD_SIZE=", size), "MASTER_ADDR=127.0.0.1", fmt.Sprint("MASTER_PORT=", port))
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		p.follow(t)
		all = append(all, p)
	}
	return all
}

// finish waits for ranks that are to end well.
func finish(t *testing.T, all []*process) {
	t.Helper()
	for rank, p := range all {
		if <-p.ended; p.err != nil {
			t.Fatalf("rank %d of %d: %v\n%s", rank, len(all), p.err, &p.said)
		}
	}
}

// TestRanksEndWithTheSameBits: weights, moments, record, samples and card are the same from one rank, two and four, and no rank but the first
// leaves anything.
func TestRanksEndWithTheSameBits(t *testing.T) {
	if asRank(t) {
		return
	}
	data := newCorpus(t, 40)
	want := ""
	for _, size := range []int{1, 2, 4} {
		out := filepath.Join(t.TempDir(), "run")
		finish(t, startRanks(t, size, data, out))
		got := ended(t, out) + testkit.Listing(t, out)
		if want == "" {
			want = got
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%d ranks: %s", size, diff)
		}
	}
}

// TestRanksOnCUDA: on GPUs two ranks, of which one is killed, one that goes on and is killed, and four at the end have the bits of one that was
// never disturbed; with LAMB four have those of one.
func TestRanksOnCUDA(t *testing.T) {
	if asRank(t) {
		return
	}
	data := newCorpus(t, 40)
	env := append(standin.Machine{Devices: 4}.Environment(t), "GOBERT_TEST_DEVICE=cuda")
	run := func(size int, out string, more ...string) string {
		finish(t, startRanks(t, size, data, out, append(env, more...)...))
		return ended(t, out) + testkit.Listing(t, out)
	}
	out := filepath.Join(t.TempDir(), "run")
	for _, size := range []int{2, 1} {
		for rank, p := range startRanks(t, size, data, out, append(env, dies+"=1")...) {
			if <-p.ended; p.err == nil || rank > 0 && p.ProcessState.ExitCode() != ranks.ExitLost {
				t.Fatalf("rank %d of %d: %v\n%s", rank, size, p.err, &p.said)
			}
		}
	}
	if diff := gocmp.Diff(run(1, filepath.Join(t.TempDir(), "run")), run(4, out)); diff != "" {
		t.Error(diff)
	}
	lamb := optimizer + "=lamb"
	if diff := gocmp.Diff(run(1, filepath.Join(t.TempDir(), "run"), lamb), run(4, filepath.Join(t.TempDir(), "run"), lamb)); diff != "" {
		t.Errorf("with LAMB: %s", diff)
	}
}
