package ranks

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// child is one rank that was started here.
type child struct {
	rank int
	cmd  *exec.Cmd
	said *tail // nil for the rank that speaks for itself
}

// foreign are variables of launchers that would contradict those that a child is given.
var foreign = []string{"SLURM_PROCID=", "SLURM_STEP_NUM_TASKS=", "OMPI_COMM_WORLD_", "PMI_", "PET_", "TORCHELASTIC_"}

// child prepares the i-th rank of this machine.
func (l Launch) child(i int, listener *os.File) (*child, error) {
	p := l.Place
	c := &child{rank: p.Rank + i, cmd: exec.Command(l.Command[0], l.Command[1:]...)}
	c.cmd.Env = slices.DeleteFunc(slices.Clone(l.Env), func(variable string) bool {
		return slices.ContainsFunc(foreign, func(prefix string) bool { return strings.HasPrefix(variable, prefix) })
	})
	set := func(name string, value any) { c.cmd.Env = append(c.cmd.Env, fmt.Sprintf("%s=%v", name, value)) }
	set("RANK", c.rank)
	set("WORLD_SIZE", p.Size)
	set("LOCAL_RANK", i)
	set("LOCAL_WORLD_SIZE", p.Starts())
	set("MASTER_ADDR", p.Address)
	set("MASTER_PORT", p.Port)
	set(launchedVariable, 1)
	if !slices.ContainsFunc(c.cmd.Env, func(variable string) bool { return strings.HasPrefix(variable, threadsVariable+"=") }) {
		set(threadsVariable, threads(runtime.NumCPU(), p.Starts()))
	}
	if listener != nil && c.rank == 0 {
		c.cmd.ExtraFiles = []*os.File{listener}
		set(listenerVariable, 3) // the first after the three streams
	}
	// A group of its own: the terminal's interrupt would come twice, once by itself and once handed on. Rank 0 stays in the launcher's,
	// for the terminal stops who reads from it in another; see [Launched]. The system's SIGTERM is for a launcher that was killed.
	speaks := i == 0 && p.Rank == 0
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !speaks, Pdeathsig: syscall.SIGTERM}
	if speaks {
		c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = l.Stdin, l.Stdout, l.Stderr
		return c, nil
	}
	c.said = &tail{}
	c.cmd.Stdout, c.cmd.Stderr = c.said, c.said
	return c, nil
}

// threadsVariable is what LibTorch's number of threads follows.
const threadsVariable = "OMP_NUM_THREADS"

// threads divides the cores among the ranks of this machine.
func threads(cores, local int) int { return max(1, cores/local) }

// tail keeps the last of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
	cut  bool
}

// kept is how many bytes a tail keeps.
const kept = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - kept; over > kept { // seldom, so that little is moved
		t.text, t.cut = append([]byte(nil), t.text[over:]...), true
	}
	return len(p), nil
}

// lines are what is kept, without the rest of a line that was cut.
func (t *tail) lines() []string {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	text := bytes.TrimRight(t.text, "\n")
	if _, rest, found := bytes.Cut(text, []byte("\n")); t.cut && found {
		text = rest
	}
	if len(text) == 0 {
		return nil
	}
	return strings.Split(string(text), "\n")
}
