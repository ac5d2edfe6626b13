package testkit

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Long is a length that is enough to show something, or the full one where GOBERT_LONG asks for it.
func Long(short, full int) int {
	if os.Getenv("GOBERT_LONG") != "" {
		return full
	}
	return short
}

// Kills is how many kills a test has: so many, or the full number.
func Kills(short int) int { return Long(short, 50) }

// A KilledRun is a process that is killed without warning, wherever it happens to be. A process of it goes on where the one before was killed, until the run is done.
type KilledRun struct {
	Command func(folder string) *exec.Cmd            // a process that works in a folder
	Outcome func(t testing.TB, folder string) string // what a run that is done leaves, times apart
	Compare func(want, got string) (difference string)
	Prepare func(folder string) // before the first process of a folder; may be nil
}

// Again kills a run so many times, at random moments of the time that a whole one takes, one in each part of it, and compares what comes of it with
// what a run comes to that was never killed. A run that is done before there were enough kills is compared, and another one
// begins in a folder of its own.
func (r KilledRun) Again(t testing.TB, kills int) {
	t.Helper()
	begin := func() string {
		folder := filepath.Join(t.TempDir(), "run")
		if r.Prepare != nil {
			r.Prepare(folder)
		}
		return folder
	}
	whole := begin()
	began := time.Now()
	if text, err := r.process(whole).CombinedOutput(); err != nil {
		t.Fatalf("the run that is not killed: %v\n%s", err, text)
	}
	lasted := time.Since(began)
	want := r.Outcome(t, whole)
	compare := func(folder string, killed int) {
		if diff := r.Compare(want, r.Outcome(t, folder)); diff != "" {
			t.Fatalf("after %d kills: %s", killed, diff)
		}
	}
	random := rand.New(rand.NewPCG(1, uint64(kills)))
	folder, killed, done, here := begin(), 0, 0, 0
	for killed < kills {
		share := (float64(killed) + random.Float64()) / float64(kills)
		finished := r.kill(t, folder, time.Duration(share*float64(lasted)))
		if !finished {
			killed, here = killed+1, here+1
			continue
		}
		compare(folder, here)
		folder, done, here = begin(), done+1, 0
	}
	if text, err := r.process(folder).CombinedOutput(); err != nil {
		t.Fatalf("the run that goes on after %d kills: %v\n%s", here, err, text)
	}
	compare(folder, here)
	t.Logf("%d kills, %d runs compared with one never killed, which took %.1f s", killed, done+1, lasted.Seconds())
}

// process is a command that has one core: the threads of several on the same cores would wait for each other.
func (r KilledRun) process(folder string) *exec.Cmd {
	cmd := r.Command(folder)
	cmd.Env = append(cmd.Env, "OMP_NUM_THREADS=1")
	return cmd
}

// kill starts a process and kills it after a while, unless it is done before.
func (r KilledRun) kill(t testing.TB, folder string, after time.Duration) (finished bool) {
	t.Helper()
	cmd := r.process(folder)
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("a run that goes on failed: %v\n%s", err, &text)
		}
		return true
	case <-time.After(after):
		_ = cmd.Process.Kill() // it may be done just now
		return <-ended == nil
	}
}

// Listing lists everything in a folder, hidden or not, but for event files, of which every process has its own.
func Listing(t testing.TB, folder string) string {
	t.Helper()
	var list strings.Builder
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !strings.HasPrefix(e.Name(), "events.out.") {
			list.WriteString(strings.TrimPrefix(path, folder) + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list.String()
}
