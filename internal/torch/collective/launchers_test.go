package collective

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
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

// TestTorchrun: PyTorch's own launcher, whose agent keeps the store, and which starts all ranks again when one is killed.
func TestTorchrun(t *testing.T) {
	python := os.Getenv("GOBERT_PYTHON")
	if python == "" {
		t.Skip("GOBERT_PYTHON names no Python with torch")
	}
	torchrun := func(act string, args ...string) (text string, met, lost int, err error) {
		cmd := exec.Command(python, slices.Concat([]string{"-m", "torch.distributed.run", "--standalone", "--no-python", "--nproc-per-node", "4"}, args, []string{os.Args[0]})...)
		cmd.Env = append(os.Environ(), "COLLECTIVE_TEST_ACT="+act, "OMP_NUM_THREADS=1", "TIMEOUT=60s")
		said, err := cmd.CombinedOutput()
		text = string(said)
		return text, strings.Count(text, "met\n"), strings.Count(text, "end lost 2 kind 0"), err
	}
	if text, met, _, err := torchrun("sum"); err != nil || met != 4 || strings.Count(text, "hash "+hash(tree(0, parts))+"\n") != 4 {
		t.Errorf("%v\n%s", err, text)
	}
	text, met, lost, err := torchrun("die", "--max-restarts", "1") // the agent ends the others soon after the first
	if err == nil || met != 8 || lost < 2 || strings.Count(text, "end lost") != lost {
		t.Errorf("%d met, %d named rank 2: %v\n%s", met, lost, err, text)
	}
}
