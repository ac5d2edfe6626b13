package ranks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"gobert/internal/fault"
)

// What a launcher of ours says to its processes beside torchrun's variables.
const (
	launchedVariable = "GOBERT_LAUNCHED"       // that it is one
	listenerVariable = "GOBERT_STORE_LISTENER" // the descriptor of rank 0's socket
)

// Launch is several ranks of one command on this machine. Rank 0 has the streams of its own; what the others say is kept, and
// written after a name where they fail.
type Launch struct {
	Place   Place
	Command []string // with the program
	Env     []string // as [os.Environ] gives it
	Stdin   *os.File
	Stdout  *os.File
	Stderr  *os.File
	// Grace is how long the others have to end by themselves after one has died, and again after they were asked to.
	Grace time.Duration
}

// Run starts the ranks, hands SIGINT, SIGTERM and SIGHUP on to them, and waits until all have ended. The code is what a launcher above is told:
// 0 where all ended with it; else that of the first rank that failed by a fault of its own; [ExitLost] where a rank was killed, and the
// others said no more than that. The error is of a rank that could not be started, or of ctx, whose end ends the ranks.
func (l Launch) Run(ctx context.Context) (code int, err error) {
	// The system ends the children with the thread that began them: it must last as long as this does.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, StopSignals()...)
	defer signal.Stop(signals)
	w, err := l.start()
	if err != nil {
		return ExitFailed, err
	}
	return w.wait(ctx, signals)
}

// ExitFailed is the exit code of a launch that did not begin.
const ExitFailed = 1

// ExitInterrupted is the exit code of a rank that stopped because it was asked to: 128 + SIGINT, as shells count.
const ExitInterrupted = 130

// start starts all ranks or none.
func (l Launch) start() (*world, error) {
	var listener *os.File
	if l.Place.Port == 0 {
		open, port, err := listen()
		if err != nil {
			return nil, err
		}
		defer open.Close() // rank 0 has it now
		listener, l.Place.Port = open, port
	}
	w := &world{launch: l, ended: make(chan ending, l.Place.Starts())}
	for i := range l.Place.Starts() {
		c, err := l.child(i, listener)
		if err == nil {
			err = c.cmd.Start()
		}
		if err != nil {
			w.signal(syscall.SIGKILL)
			for range w.children {
				<-w.ended
			}
			return nil, fmt.Errorf("ranks: starting rank %d: %w", l.Place.Rank+i, err)
		}
		w.children = append(w.children, c)
		go func() { w.ended <- ending{c, c.cmd.Wait()} }()
	}
	return w, nil
}

// listen opens a free port of this machine alone.
func listen() (*os.File, int, error) {
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, fault.New("ranks: a port to meet at: %w", err)
	}
	defer open.Close()
	file, err := open.(*net.TCPListener).File()
	return file, open.Addr().(*net.TCPAddr).Port, err
}

// world is the ranks that run.
type world struct {
	launch   Launch
	children []*child
	ended    chan ending
}

type ending struct {
	child *child
	err   error
}

func (w *world) signal(s os.Signal) {
	for _, c := range w.children {
		_ = c.cmd.Process.Signal(s) // it may have ended just now
	}
}

func (w *world) wait(ctx context.Context, signals <-chan os.Signal) (code int, err error) {
	var late <-chan time.Time // until when the others may end by themselves
	harder := []os.Signal{syscall.SIGTERM, syscall.SIGKILL}
	interrupted := false // by a signal that was handed on
	asked := false       // to end: what a rank comes to then is our doing
	hurry := func() {
		asked = true
		if len(harder) > 0 {
			w.signal(harder[0])
			w.signal(syscall.SIGCONT) // one that stands still hears no SIGTERM
			harder, late = harder[1:], time.After(w.launch.Grace)
		}
	}
	stop := ctx.Done()
	for running := len(w.children); running > 0; {
		select {
		case e := <-w.ended:
			running--
			c := e.child.code(e.err)
			if c == 0 {
				continue
			}
			if !interrupted || c != ExitInterrupted { // who was asked to stop has stopped: rank 0 says so
				e.child.tell(w.launch.Stderr)
			}
			if code == 0 && late == nil {
				late = time.After(w.launch.Grace)
			}
			if !asked && (code == 0 || code == ExitLost) {
				code = c
			}
		case s := <-signals:
			interrupted = true
			w.signal(s)
		case <-stop:
			stop, err = nil, ctx.Err()
			hurry()
		case <-late:
			hurry()
		}
	}
	if err != nil && code == 0 {
		code = ExitFailed
	}
	return code, err
}

// code is what a child's end means.
func (c *child) code(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return exit.ExitCode()
	}
	return ExitLost
}

// tell writes what a child said last, each line after its name.
func (c *child) tell(to io.Writer) {
	for _, line := range c.said.lines() {
		fmt.Fprintf(to, "[rank %d] %s\n", c.rank, line)
	}
}
