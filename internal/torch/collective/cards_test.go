package collective

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gobert/internal/torch/standin"
)

// cardsOf is the environment of ranks that have GPUs, one each.
func cardsOf(t *testing.T, m standin.Machine) []string {
	t.Helper()
	if m.Devices == 0 {
		m.Devices = 4
	}
	return append(m.Environment(t), "GOBERT_TEST_DEVICE=cuda")
}

// TestSameBitsOnCards: the sum over 1, 2 and 4 GPUs is the tree's that one CPU computes, also where streams go on by chance.
func TestSameBitsOnCards(t *testing.T) {
	want := hash(tree(0, parts))
	for _, size := range []int{1, 2, 4} {
		for _, shuffle := range []int{0, 5} {
			sameBits(t, size, want, cardsOf(t, standin.Machine{Shuffle: shuffle})...)
		}
	}
}

func TestGroupOnCards(t *testing.T) {
	ends(t, world(t, 4, 4, "group", cardsOf(t, standin.Machine{})...), "well")
}

// TestLostCards: a rank that is killed, or stands still, while GPUs wait for its own, is named by every other one.
func TestLostCards(t *testing.T) {
	t.Parallel()
	env := append(cardsOf(t, standin.Machine{}), "TIMEOUT=10s")
	for victim, signal := range map[int]syscall.Signal{1: syscall.SIGKILL, 2: syscall.SIGSTOP} {
		processes := world(t, 4, 4, "loop", env...)
		met(t, processes)
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond) // somewhere in the loop
		_ = processes[victim].cmd.Process.Signal(signal)
		ends(t, processes, fmt.Sprintf("lost %d kind 0: rank %d (pid %d on ", victim, victim, processes[victim].cmd.Process.Pid), victim)
	}
}

// TestCardsThatDoNotGoTogether: what is wrong with GPUs is the same error on all ranks.
func TestCardsThatDoNotGoTogether(t *testing.T) {
	for _, c := range []struct {
		machine   standin.Machine
		env       string
		says      string
		hint      string
		byTheUser bool
	}{
		{standin.Machine{}, "ONE_GPU=1", " have the same GPU, cuda:0: expected one each", "as many --ranks on a machine as it has GPUs", true},
		{standin.Machine{NCCL: -1}, "", "): collective: NCCL, which connects GPUs, does not load: libnccl.so.2: ", "it comes with LibTorch for CUDA", false},
		{standin.Machine{NCCL: 21304}, "", "): collective: NCCL 2.13.4 is too old: expected 2.18.0 or later", "it comes with LibTorch for CUDA", false},
	} {
		processes := world(t, 2, 2, "agree", append(cardsOf(t, c.machine), c.env)...)
		for rank, p := range processes {
			if end := p.end(t); !strings.Contains(end, c.says) {
				t.Errorf("rank %d: %s, expected %s", rank, end, c.says)
			}
			if said := p.line("told"); !strings.Contains(said, c.hint) || !strings.HasSuffix(said, fmt.Sprint("of use ", c.byTheUser)) {
				t.Errorf("rank %d: %s", rank, said)
			}
		}
	}
}

// TestNCCLHasWhatIsUsed: the real library, which needs no GPU to be looked at, has every function that is called.
func TestNCCLHasWhatIsUsed(t *testing.T) {
	folder := os.Getenv("GOBERT_NCCL")
	if cache, err := os.UserCacheDir(); folder == "" && err == nil {
		folder = filepath.Join(cache, "gobert", "nccl", "nvidia", "nccl", "lib")
	}
	library := filepath.Join(folder, "libnccl.so.2")
	if _, err := os.Stat(library); err != nil {
		t.Skipf("NCCL itself is not looked at: %v; GOBERT_NCCL is the folder of one", err)
	}
	version, err := findNCCL(library)
	if err != nil || version < 22000 {
		t.Fatal(version, err)
	}
}
