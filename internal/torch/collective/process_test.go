package collective

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gobert/internal/fault"
	"gobert/internal/ranks"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

// patience is far more than anything here takes on a busy machine.
const patience = 5 * time.Minute

// acts are what a process of a test does in its world.
var acts = map[string]func(w *World) error{
	"sum":   sumParts,
	"group": groupCalls,
	"loop": func(w *World) error { // until another rank ends it
		gradient := torch.NewZeros(torch.Float32, device(w), length)
		sums, err := NewReducer(w, gradient, blocks, 16)
		for err == nil {
			round := sums.Begin()
			for i := range blocks {
				round.Ready(i)
			}
			if err = round.Wait(); err == nil {
				err = sums.Gather(gradient)
			}
			if err == nil {
				err = w.Barrier()
			}
		}
		return err
	},
	"fail": func(w *World) error { // rank 1 ends by a fault of its own
		if w.place.Rank == 1 {
			return w.Fail(fault.Usage("no memory for {batch} 8").Advise("{batch} 4"))
		}
		return acts0["loop"](w)
	},
	"idle": func(w *World) error { // nobody waits for another
		<-w.Lost()
		return w.Barrier()
	},
	"differ": func(w *World) error {
		return w.Agree(context.Background(), []ranks.Fact{{Name: "the version", Value: "1"}, {Name: "the corpus", Value: fmt.Sprint(w.place.Rank / 2), Hint: "copy it"}})
	},
	"agree": func(w *World) error {
		return w.Agree(context.Background(), []ranks.Fact{{Name: "the version", Value: "1"}})
	},
	"die": func(w *World) error { // rank 2 is killed after a while
		for i := 0; ; i++ {
			if err := w.Barrier(); err != nil {
				return err
			}
			if i == 20 && w.place.Rank == 2 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		}
	},
	"sleep": func(w *World) error { // rank 1 lives and does not come
		if w.place.Rank == 1 {
			<-w.Lost()
		}
		return w.Barrier()
	},
}

// acts0 lets one act use another.
var acts0 = map[string]func(w *World) error{}

// TestMain is a rank where a test starts this program as one.
func TestMain(m *testing.M) {
	act := os.Getenv("COLLECTIVE_TEST_ACT")
	if act == "" {
		os.Exit(m.Run())
	}
	if act == "agent" {
		os.Exit(agent())
	}
	acts0["loop"] = acts["loop"]
	os.Exit(rank(act))
}

// agent keeps a store for others, as torchrun's does, until its input ends.
func agent() int {
	port, err := strconv.Atoi(os.Getenv("MASTER_PORT"))
	if err != nil {
		fmt.Println("end", err)
		return 1
	}
	if _, err := newStore("127.0.0.1", port, 3, "", patience); err != nil {
		fmt.Println("end", err)
		return 1
	}
	_, _ = os.Stdin.Read(make([]byte, 1))
	return 0
}

// rank takes part in a world, and says what came of it in its last line.
func rank(act string) int {
	place, err := ranks.Find(os.LookupEnv, 0)
	if err != nil {
		fmt.Println("end", err)
		return 2
	}
	duration := func(name string) time.Duration {
		d, err := time.ParseDuration(os.Getenv(name))
		if err != nil {
			return patience
		}
		return d
	}
	w, err := Meet(context.Background(), Options{Place: place, Patience: duration("PATIENCE"), Timeout: duration("TIMEOUT"), Limit: duration("LIMIT")})
	if err == nil && standin.Device() != "cpu" {
		if err = torch.CUDAProblem(); err == nil {
			err = w.Join(context.Background(), device(w))
		}
	}
	if err == nil {
		fmt.Println("met")
		err = acts[act](w)
	}
	if w != nil {
		if closed := w.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		fmt.Printf("told %q, of use %v\n", fault.Lines(err, fault.Flag), errors.Is(err, fault.ErrUsage))
	}
	var lost *ranks.Lost
	switch {
	case err == nil:
		fmt.Println("end well")
		return 0
	case errors.As(err, &lost):
		fmt.Printf("end lost %d kind %d: %v\n", lost.Rank, lost.Kind, err)
		return ranks.ExitLost
	}
	fmt.Println("end", err)
	return 1
}

// device is where a rank sums: the CPU, or its own GPU.
func device(w *World) torch.Device {
	switch {
	case standin.Device() == "cpu":
		return torch.CPU
	case os.Getenv("ONE_GPU") != "":
		return torch.CUDA(0)
	}
	return torch.CUDA(w.place.LocalRank)
}

// process is a rank that a test has started.
type process struct {
	cmd  *exec.Cmd
	met  chan struct{} // closed when it has met the others, or has ended
	done chan struct{} // closed when it has ended
	mu   sync.Mutex
	said []string
	err  error // how it ended, once done is closed
}

// end is the last line.
func (p *process) end(t *testing.T) string {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatal("a rank does not end")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.said) == 0 {
		return ""
	}
	return strings.TrimPrefix(p.said[len(p.said)-1], "end ")
}

// line finds what a rank said after a word.
func (p *process) line(word string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.said {
		if rest, found := strings.CutPrefix(line, word+" "); found {
			return rest
		}
	}
	return ""
}

// command is this program as a rank.
func command(rank, size int, address, act string) *exec.Cmd {
	host, port, _ := net.SplitHostPort(address)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "COLLECTIVE_TEST_ACT="+act, "OMP_NUM_THREADS=1", "TIMEOUT=60s", "MASTER_ADDR="+host, "MASTER_PORT="+port,
		fmt.Sprint("RANK=", rank), fmt.Sprint("WORLD_SIZE=", size), fmt.Sprint("LOCAL_RANK=", rank), fmt.Sprint("LOCAL_WORLD_SIZE=", size), "GOBERT_LAUNCHED=1")
	return cmd
}

// start starts one rank.
func start(t *testing.T, rank, size int, address string, listener *os.File, act string, env ...string) *process {
	t.Helper()
	p := &process{cmd: command(rank, size, address, act), met: make(chan struct{}), done: make(chan struct{})}
	p.cmd.Env = append(p.cmd.Env, env...)
	if listener != nil {
		p.cmd.ExtraFiles = []*os.File{listener}
		p.cmd.Env = append(p.cmd.Env, "GOBERT_STORE_LISTENER=3")
	}
	var stderr bytes.Buffer
	p.cmd.Stderr = &stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if t.Failed() {
			t.Logf("rank %d: %v: %s\n%s", rank, p.err, strings.Join(p.said, "\n"), &stderr)
		}
	})
	go func() {
		var once sync.Once
		for s := bufio.NewScanner(out); s.Scan(); {
			p.mu.Lock()
			p.said = append(p.said, s.Text())
			p.mu.Unlock()
			if s.Text() == "met" {
				once.Do(func() { close(p.met) })
			}
		}
		p.err = p.cmd.Wait()
		once.Do(func() { close(p.met) })
		close(p.done)
	}()
	return p
}

// world starts ranks 0 to n-1 of a world.
func world(t *testing.T, n, size int, act string, env ...string) []*process {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	listener, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var processes []*process
	for rank := range n {
		var open *os.File
		if rank == 0 {
			open = listener
		}
		processes = append(processes, start(t, rank, size, l.Addr().String(), open, act, env...))
	}
	return processes
}

// ends expects the same end of some ranks.
func ends(t *testing.T, processes []*process, want string, but ...int) {
	t.Helper()
	for rank, p := range processes {
		if len(but) > 0 && but[0] == rank {
			continue
		}
		if got := p.end(t); !strings.HasPrefix(got, want) {
			t.Errorf("rank %d: %q, want %q", rank, got, want)
		}
	}
}

// The parts of a gradient: fp32 of very different sizes, so that every order of adding shows.
const (
	parts  = 8
	length = 10007
)

func part(i int) []float32 {
	random := rand.New(rand.NewPCG(uint64(i), 1))
	values := make([]float32, length)
	for j := range values {
		values[j] = float32(random.NormFloat64() * float64(int64(1)<<random.IntN(20)))
	}
	return values
}

// tree adds parts from i on, n of them, a power of two: the order that all must come to.
func tree(i, n int) []float32 {
	if n == 1 {
		return part(i)
	}
	sum, right := tree(i, n/2), tree(i+n/2, n/2)
	for j, v := range right {
		sum[j] += v
	}
	return sum
}

// blocks are as layers would be, of odd sizes, the last one first, and one that is empty.
var blocks = []Region{{9000, 1007}, {5000, 4000}, {4999, 1}, {4999, 0}, {17, 4982}, {0, 17}}

// sumParts sums the parts over all ranks three times, gathers, and says the sum's hash and what was sent.
func sumParts(w *World) error {
	each, grains := parts/w.place.Size, []int64{1, 16, 2048}
	own := tree(w.place.Rank*each, each)
	gradient := torch.NewFrom(own, device(w), length)
	for _, grain := range grains {
		sums, err := NewReducer(w, gradient, blocks, grain)
		if err != nil {
			return err
		}
		set(gradient, own)
		round := sums.Begin()
		for _, i := range rand.New(rand.NewPCG(uint64(w.place.Rank), 1)).Perm(len(blocks)) { // ready in whatever order
			go round.Ready(i)
		}
		if err := round.Wait(); err != nil {
			return err
		}
		sum, share := torch.Values[float32](gradient), make([]float32, length)
		for i, s := range sums.Shares(w.place.Rank) {
			if end := s.At + s.N; s.N > 0 && (s.At%grain != 0 && s.At != blocks[i].At || end%grain != 0 && end != blocks[i].At+blocks[i].N) {
				return fmt.Errorf("a share of %v is %v", blocks[i], s)
			}
			copy(share[s.At:s.At+s.N], sum[s.At:])
		}
		set(gradient, share)
		if err := sums.Gather(gradient); err != nil {
			return err
		}
		if got := hash(torch.Values[float32](gradient)); w.place.First() && got != hash(tree(0, parts)) {
			return fmt.Errorf("cut at multiples of %d it is another sum", grain)
		}
		sums.Free()
	}
	fmt.Println("sent", w.Sent())
	fmt.Println("hash", hash(torch.Values[float32](gradient)))
	return w.Barrier()
}
