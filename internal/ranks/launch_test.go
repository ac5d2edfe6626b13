package ranks

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain is a rank where a test starts this program as one.
func TestMain(m *testing.M) {
	if act := os.Getenv("RANKS_TEST_ACT"); act != "" {
		os.Exit(actAs(act))
	}
	os.Exit(m.Run())
}

// patience is far more than anything here takes.
const patience = 5 * time.Minute

// actAs does what a rank does in a test: "1:exit 3" is for rank 1 alone.
func actAs(act string) int {
	place, err := Find(os.LookupEnv, 0)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if rank, own, found := strings.Cut(act, ":"); found {
		if rank != fmt.Sprint(place.Rank) {
			own = "wait"
		}
		act = own
	}
	var code int
	switch act {
	case "tell":
		group, err := syscall.Getpgid(os.Getppid())
		fmt.Printf("%v, local %d of %d, at %s, listener %v, %s, in the launcher's group %v\n", place, place.LocalRank, place.LocalSize, place.Meeting(), place.Listener() > 0, place.Launcher, err == nil && group == syscall.Getpgrp())
		return place.Rank // so that others than rank 0 are heard
	case "die":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "stop":
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM)
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		fmt.Println("ended by", <-stop)
		return 130
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
		time.Sleep(patience)
	case "wait":
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
		fmt.Println("ready")
		fmt.Println("ended by", <-stop)
		return 130
	}
	_, err = fmt.Sscanf(act, "exit %d", &code)
	if err != nil {
		return 99
	}
	fmt.Println("last words")
	return code
}

// launched runs a launch of so many ranks that act, and gives what was said.
func launched(t *testing.T, n int, act string, grace time.Duration, during func(said io.Reader, cancel func())) (code int, text string, err error) {
	t.Helper()
	place, err := Find(variables(""), n)
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan string)
	go func() {
		if during != nil {
			during(read, cancel)
		}
		all, _ := io.ReadAll(read)
		done <- string(all)
	}()
	l := Launch{Place: place, Command: []string{os.Args[0]}, Env: append(os.Environ(), "RANKS_TEST_ACT="+act, "SLURM_PROCID=7", "PET_NNODES=3"), Stdout: write, Stderr: write, Grace: grace}
	code, err = l.Run(ctx)
	write.Close()
	return code, <-done, err
}

func TestRanksKnowTheirPlace(t *testing.T) {
	code, text, err := launched(t, 4, "tell", patience, nil)
	if code == 0 || err != nil {
		t.Errorf("code %d, %v", code, err)
	}
	for rank := range 4 {
		prefix := ""
		if rank > 0 {
			prefix = fmt.Sprintf("[rank %d] ", rank)
		}
		want := fmt.Sprintf("%srank %d of 4, local %d of 4, at 127.0.0.1:", prefix, rank, rank)
		if !strings.Contains(text, want) || !strings.Contains(text, fmt.Sprintf("listener %v, --ranks, in the launcher's group %v", rank == 0, rank == 0)) {
			t.Errorf("%s\nlacks %s", text, want)
		}
	}
}

func TestOneExitCode(t *testing.T) {
	for act, want := range map[string]int{"exit 0": 0, "1:exit 3": 3, "0:exit 4": 4, "2:die": ExitLost} {
		code, text, err := launched(t, 4, act, 50*time.Millisecond, nil)
		if code != want || err != nil {
			t.Errorf("%s: code %d, %v\n%s", act, code, err, text)
		}
		if said := strings.Contains(text, "[rank 1] last words"); said != (act == "1:exit 3") {
			t.Errorf("%s: %s", act, text)
		}
	}
}

func TestARankThatDoesNotListenIsKilled(t *testing.T) {
	if code, text, err := launched(t, 2, "1:exit 5", 50*time.Millisecond, nil); code != 5 || err != nil {
		t.Errorf("code %d, %v\n%s", code, err, text)
	}
	code, _, err := launched(t, 2, "deaf", 50*time.Millisecond, func(_ io.Reader, cancel func()) { cancel() })
	if code == 0 || err == nil {
		t.Errorf("code %d, %v", code, err)
	}
}

// aChildStandsStill: the system's list of processes has a child of ours that was stopped.
func aChildStandsStill() bool {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		if _, rest, found := strings.Cut(string(text), ") "); found && strings.HasPrefix(rest, fmt.Sprintf("T %d ", os.Getpid())) {
			return true
		}
	}
	return false
}

// TestAStoppedRankIsEnded: without waiting for it to be killed.
func TestAStoppedRankIsEnded(t *testing.T) {
	began := time.Now()
	code, text, err := launched(t, 2, "1:stop", patience, func(said io.Reader, cancel func()) {
		_, _ = io.ReadFull(said, make([]byte, len("ready\n")))
		for !aChildStandsStill() && time.Since(began) < patience { // what wakes it must not come before it sleeps
			time.Sleep(time.Millisecond)
		}
		cancel()
	})
	if code == 0 || err == nil || time.Since(began) >= patience {
		t.Errorf("code %d, %v, after %v\n%s", code, err, time.Since(began), text)
	}
}

func TestSignalsReachTheRanks(t *testing.T) {
	code, text, err := launched(t, 1+1, "wait", patience, func(said io.Reader, _ func()) {
		if _, err := io.ReadFull(said, make([]byte, len("ready\n"))); err == nil { // rank 0 listens; rank 1 may not yet, and is ended by the signal itself
			_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
		}
	})
	if code != 130 && code != ExitLost || err != nil || !strings.Contains(text, "ended by terminated") {
		t.Errorf("code %d, %v\n%s", code, err, text)
	}
	if strings.Contains(text, "[rank 1]") { // it did as it was told
		t.Error(text)
	}
}

func TestAProgramThatIsNotThere(t *testing.T) {
	place, _ := Find(variables(""), 2)
	code, err := Launch{Place: place, Command: []string{"/nowhere/at/all"}}.Run(t.Context())
	if code != ExitFailed || err == nil || !strings.Contains(err.Error(), "ranks: starting rank 0: ") {
		t.Errorf("code %d, %v", code, err)
	}
}

func TestThreadsAreDivided(t *testing.T) {
	if threads(8, 2) != 4 || threads(2, 4) != 1 {
		t.Error("threads")
	}
	for _, env := range [][]string{{"A=1"}, {"OMP_NUM_THREADS=7"}} {
		c, err := Launch{Place: Place{Size: 2, starts: 2}, Command: []string{"x"}, Env: env}.child(1, nil)
		want := "OMP_NUM_THREADS=7"
		if env[0] == "A=1" {
			want = fmt.Sprint("OMP_NUM_THREADS=", threads(runtime.NumCPU(), 2))
		}
		if err != nil || !slices.Contains(c.cmd.Env, want) {
			t.Errorf("%v: %v lacks %s", err, c.cmd.Env, want)
		}
	}
}

func TestTail(t *testing.T) {
	var s tail
	for i := range 100000 {
		fmt.Fprintf(&s, "line %d\n", i)
	}
	lines := s.lines()
	if n := len(lines); n < 1000 || len(s.text) > 3*kept || lines[n-1] != "line 99999" || !strings.HasPrefix(lines[0], "line ") {
		t.Errorf("%d lines of %d bytes: %q ... %q", n, len(s.text), lines[0], lines[n-1])
	}
}
