package pretrain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gobert/internal/cli"
	"gobert/internal/ranks"
	"gobert/internal/testkit"
)

// together is a run of several ranks with everything whose order could depend on who computes it: dropout, a ramp, batches that leave
// parts without a sequence, two phases, evaluations and saves.
func together(t *testing.T, data, out string) *Config {
	return sized(t, data, out, 96, "--steps", "40", "--parts", "4", "--ramp-from", "2", "--ramp-share", "0.3", "--second-length", "40",
		"--second-share", "0.3", "--log-every", "4", "--evaluate-every", "7", "--save-every", "5", "--resume", "auto", "--rank-timeout", "1m")
}

// asRank is what a process of these tests does that is one of several.
func asRank(t *testing.T) bool {
	out := os.Getenv("GOBERT_TEST_RUN")
	if out == "" {
		return false
	}
	_, err := Train(context.Background(), together(t, os.Getenv("GOBERT_TEST_CORPUS"), out), quiet())
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

// process is one rank that runs.
type process struct {
	*exec.Cmd
	said bytes.Buffer
}

// startRanks starts this test so many times, as torchrun would.
func startRanks(t *testing.T, size int, data, out string) []*process {
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
		p := &process{Cmd: exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")}
		p.Stdout, p.Stderr = &p.said, &p.said
		p.Env = append(os.Environ(), "GOBERT_TEST_RUN="+out, "GOBERT_TEST_CORPUS="+data, "OMP_NUM_THREADS=1", fmt.Sprint("RANK=", rank),
			fmt.Sprint("WORLD_SIZE=", size), fmt.Sprint("LOCAL_RANK=", rank), fmt.Sprint("LOCAL_WORLD_SIZE=", size), "MASTER_ADDR=127.0.0.1", fmt.Sprint("MASTER_PORT=", port))
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		stuck := time.AfterFunc(3*time.Minute, func() { _ = p.Process.Signal(syscall.SIGQUIT) }) // to say where
		t.Cleanup(func() { stuck.Stop() })
		all = append(all, p)
	}
	return all
}

// finish waits for ranks that are to end well.
func finish(t *testing.T, all []*process) {
	t.Helper()
	for rank, p := range all {
		if err := p.Wait(); err != nil {
			t.Fatalf("rank %d of %d: %v\n%s", rank, len(all), err, &p.said)
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
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d ranks: %s", size, diff)
		}
	}
}

// TestKilledRanksEndWithTheSameBits kills a rank without warning, wherever all happen to be: every other one names it and ends with the code
// that launchers start again on. Each time another number of ranks goes on, to the bits of one that was never disturbed.
func TestKilledRanksEndWithTheSameBits(t *testing.T) {
	if asRank(t) {
		return
	}
	data := newCorpus(t, 40)
	whole, out := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "run")
	began := time.Now()
	finish(t, startRanks(t, 2, data, whole))
	lasted := time.Since(began)
	random := rand.New(rand.NewPCG(1, 2))
	sizes := []int{4, 2, 4}
	killed, named := 0, 0
	for killed < testkit.Kills(len(sizes)) {
		all := startRanks(t, sizes[killed%len(sizes)], data, out)
		victim := random.IntN(len(all))
		time.Sleep(lasted/4 + time.Duration(random.Int64N(int64(lasted)))) // more ranks than cores are slower
		_ = all[victim].Process.Kill()
		done, gone := 0, []string{fmt.Sprintf("rank %d ", victim)}
		for rank, p := range all {
			// Who waits for a rank that was gone before it came waits as long as its launcher lets it; when that ends it, it is gone too.
			patience := time.AfterFunc(20*time.Second, func() { _ = p.Process.Kill() })
			err := p.Wait()
			switch ended := !patience.Stop(); {
			case err == nil:
				done++
			case rank == victim:
			case ended:
				gone = append(gone, fmt.Sprintf("rank %d ", rank))
			case p.ProcessState.ExitCode() != ranks.ExitLost || !slices.ContainsFunc(gone, func(name string) bool { return strings.Contains(p.said.String(), name) }):
				t.Errorf("rank %d of %d, when rank %d was killed: %v\n%s", rank, len(all), victim, err, &p.said)
			default:
				named++
			}
		}
		if t.Failed() {
			return
		}
		if killed++; done == len(all) { // it was too late
			out = filepath.Join(t.TempDir(), "run")
		}
	}
	finish(t, startRanks(t, 1, data, out))
	if diff := cmp.Diff(ended(t, whole)+testkit.Listing(t, whole), ended(t, out)+testkit.Listing(t, out)); diff != "" {
		t.Errorf("after %d kills: %s", killed, diff)
	}
	if t.Logf("%d kills; others named the rank %d times", killed, named); named == 0 {
		t.Error("nobody named a rank that was killed")
	}
}
