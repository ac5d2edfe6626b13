package link

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"gobert/internal/fault"
)

// Options are what the network is like. The zero value is as fast as it goes.
type Options struct {
	Delay time.Duration // from one machine to another; there and back take twice as long
	Rate  float64       // bytes a second that a machine can send, frames and all; 0 for no limit
	Loss  float64       // share of the packets that are lost
}

// Network is several machines that are joined.
type Network struct {
	options  Options
	machines []*machine
	closing  atomic.Bool
	ended    sync.WaitGroup
}

const (
	port    = 29500                 // where rank 0 keeps the store
	waiting = 50 * time.Millisecond // how long a packet may wait for its cable; a switch drops it then, too
	holds   = 1 << 14               // packets on the way from one machine
)

// New joins so many machines.
func New(machines int, options Options) (*Network, error) {
	if machines < 1 || machines > 200 || options.Loss < 0 || options.Loss > 1 || options.Rate < 0 || options.Delay < 0 {
		return nil, fault.Usage("link: %d machines with %+v: expected 1 to 200, a loss between 0 and 1, and nothing below 0", machines, options)
	}
	n := &Network{options: options}
	for i := range machines {
		m, err := newMachine(i, options.Loss == 0)
		if err != nil {
			n.Close()
			return nil, err
		}
		n.machines = append(n.machines, m)
	}
	for _, m := range n.machines {
		n.ended.Go(func() { onThread(func() { n.send(m) }) })
		n.ended.Go(func() { onThread(func() { n.deliver(m) }) })
	}
	return n, nil
}

// Start starts a command on a machine, as a launcher would that starts one rank on each.
func (n *Network) Start(number int, cmd *exec.Cmd) error {
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, fmt.Sprint("RANK=", number), fmt.Sprint("WORLD_SIZE=", len(n.machines)), "LOCAL_RANK=0", "LOCAL_WORLD_SIZE=1",
		"MASTER_ADDR="+Address(0), fmt.Sprint("MASTER_PORT=", port))
	return n.machines[number].start(cmd)
}

// Cut lets nothing come from a machine or to it any more, nor what is on the way.
func (n *Network) Cut(number int) { n.machines[number].cut.Store(true) }

// Heal undoes it.
func (n *Network) Heal(number int) { n.machines[number].cut.Store(false) }

// Close ends the network. The commands in it are the caller's to end before.
func (n *Network) Close() {
	n.closing.Store(true)
	n.ended.Wait()
	for _, m := range n.machines {
		close(m.do)
		_ = unix.Close(m.device)
	}
}

// send takes what a machine sends, and puts it on its way.
func (n *Network) send(m *machine) {
	defer close(m.out)
	buffer := make([]byte, head+largest)
	for !n.closing.Load() {
		size, err := unix.Read(m.device, buffer)
		if err != nil || size < head {
			ready := []unix.PollFd{{Fd: int32(m.device), Events: unix.POLLIN}}
			_, _ = unix.Poll(ready, 100) // milliseconds, to look whether it is over
			continue
		}
		p := packet{bytes: buffer[:size]}
		if p.to = p.destination(); p.to < 0 || p.to >= len(n.machines) || rand.Float64() < n.options.Loss {
			continue
		}
		p.due = now()
		if n.options.Rate > 0 {
			m.free = max(m.free, p.due)
			if m.free > p.due+int64(waiting) {
				continue
			}
			m.free += int64(float64(p.onWire()) / n.options.Rate * 1e9)
			p.due = m.free
		}
		p.due += int64(n.options.Delay)
		p.bytes = append([]byte(nil), p.bytes...)
		select {
		case m.out <- p:
		default: // more than a network holds
		}
	}
}

// deliver hands over what a machine has sent, each packet at its time.
func (n *Network) deliver(m *machine) {
	for p := range m.out {
		for at := now(); at < p.due && !n.closing.Load(); at = now() {
			pause := unix.NsecToTimespec(p.due - at)
			_ = unix.Nanosleep(&pause, nil) // the language's own clock knows milliseconds where nothing else happens
		}
		if to := n.machines[p.to]; !m.cut.Load() && !to.cut.Load() {
			_, _ = unix.Write(to.device, p.bytes) // it has no room: lost
		}
	}
}

// now is the monotonic clock.
func now() int64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // there always is one
	return t.Nano()
}
