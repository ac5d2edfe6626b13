package collective

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"gobert/internal/ranks"
)

// launch runs ranks that one process starts on this machine, and gives the exit code and what was said.
func launch(t *testing.T, n int, act string) (code int, text string) {
	t.Helper()
	place, err := ranks.Find(func(string) (string, bool) { return "", false }, n)
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan string)
	go func() {
		all, _ := io.ReadAll(read)
		said <- string(all)
	}()
	env := append(os.Environ(), "COLLECTIVE_TEST_ACT="+act, "OMP_NUM_THREADS=1", "TIMEOUT=60s")
	code, err = ranks.Launch{Place: place, Command: []string{os.Args[0]}, Env: env, Stdout: write, Stderr: write, Grace: patience}.Run(t.Context())
	if err != nil {
		t.Error(err)
	}
	write.Close()
	return code, <-said
}

// TestLaunched: ranks of one machine, started by one process, meet; one that is killed ends all with one exit code.
func TestLaunched(t *testing.T) {
	if code, text := launch(t, 2, "sum"); code != 0 || !strings.Contains(text, "hash "+hash(tree(0, parts))) || strings.Contains(text, "[rank") {
		t.Errorf("code %d\n%s", code, text)
	}
	code, text := launch(t, 4, "die")
	if code != ranks.ExitLost {
		t.Errorf("code %d", code)
	}
	for _, want := range []string{"\nend lost 2 kind 0", "\n[rank 1] end lost 2 kind 0", "\n[rank 3] end lost 2 kind 0"} {
		if !strings.Contains("\n"+text, want) {
			t.Errorf("%s\nlacks %q", text, want)
		}
	}
}

// TestALauncherThatKeepsTheStore: as under torchrun, whose agent does, and restarts all ranks with a higher count.
func TestALauncherThatKeepsTheStore(t *testing.T) {
	address, listener := listening(t)
	input, output, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	a := command(0, 1, address, "agent")
	a.Stdin, a.ExtraFiles = input, []*os.File{listener}
	if err := a.Start(); err != nil {
		t.Fatal(err)
	}
	input.Close()
	defer func() { output.Close(); _ = a.Wait() }()
	for attempt := range 2 {
		var processes []*process
		for rank := range 2 {
			processes = append(processes, start(t, rank, 2, address, nil, "group", "TORCHELASTIC_RUN_ID=none",
				"TORCHELASTIC_USE_AGENT_STORE=True", fmt.Sprint("TORCHELASTIC_RESTART_COUNT=", attempt)))
		}
		ends(t, processes, "well")
	}
}
