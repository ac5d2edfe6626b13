// Link runs a command on several machines that this one makes of itself, joined by a network that is slow, loses packets, or is cut:
//
//	go run ./scripts/link --nodes 2 --delay 5ms --rate 1gbit -- pretrain train --data corpus --out run --threads 1
//	go run ./scripts/link --delay 50ms --loss 0.01 -- pretrain doctor --ranks
//	go run ./scripts/link --cut 30s --heal 40s -- pretrain train --data corpus --out run --threads 1
//	go run ./scripts/link -- sh -c '[ $RANK = 0 ] || mount -t tmpfs none run; exec pretrain train --data corpus --out run --threads 1'
//
// Each machine has an address (10.77.0.1, 10.77.0.2, ...), a name (node-0, ...) and mounts of its own, and sees the same files. The command
// finds its RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT. What others than the first say follows their name.
// The exit code is the first one that is not 0, in the machines' order. It needs root, or user namespaces.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gobert/internal/fault"
	"gobert/internal/link"
)

// settings are the flags.
type settings struct {
	nodes     int
	network   link.Options
	cut, heal time.Duration
	victim    int
	command   []string
}

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// parse reads the flags.
func parse(args []string) (s settings, err error) {
	flags := flag.NewFlagSet("link", flag.ExitOnError)
	flags.IntVar(&s.nodes, "nodes", 2, "machines")
	flags.DurationVar(&s.network.Delay, "delay", 0, "time that a packet takes from one machine to another")
	flags.Func("rate", "what a machine can send, such as 1gbit or 100mbit (default: no limit)", func(text string) (err error) {
		s.network.Rate, err = rate(text)
		return err
	})
	flags.Float64Var(&s.network.Loss, "loss", 0, "share of the packets that are lost, such as 0.01")
	flags.DurationVar(&s.cut, "cut", 0, "when the network of a machine is cut (default: never)")
	flags.DurationVar(&s.heal, "heal", 0, "when it is healed (default: never)")
	flags.IntVar(&s.victim, "victim", 1, "which machine that is")
	_ = flags.Parse(args) // ends by itself
	s.command = flags.Args()
	if len(s.command) == 0 {
		return s, fault.Usage("link: no command: expected one after --")
	}
	if s.victim < 0 || s.victim >= s.nodes {
		return s, fault.Usage("link: {victim} is %d: expected one of %d machines, counted from 0", s.victim, s.nodes)
	}
	return s, nil
}

// rate reads bits a second as tc writes them, and gives bytes.
func rate(text string) (float64, error) {
	for _, unit := range []struct {
		name string
		bits float64
	}{{"gbit", 1e9}, {"mbit", 1e6}, {"kbit", 1e3}} {
		if number, found := strings.CutSuffix(text, unit.name); found {
			x, err := strconv.ParseFloat(number, 64)
			return x * unit.bits / 8, err
		}
	}
	return 0, fmt.Errorf("expected a number with gbit, mbit or kbit")
}

// run runs the command on all machines.
func run(args []string) (code int, err error) {
	s, err := parse(args)
	if err != nil {
		return 2, err
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if os.Geteuid() != 0 {
		return asRoot(signals)
	}
	n, err := link.New(s.nodes, s.network)
	if err != nil {
		return 1, err
	}
	defer n.Close()
	ranks, err := start(n, s)
	if err != nil {
		return 1, err
	}
	go func() {
		for sig := range signals {
			for _, r := range ranks {
				_ = r.Process.Signal(sig) // it may have ended just now
			}
		}
	}()
	if s.cut > 0 {
		time.AfterFunc(s.cut, func() { n.Cut(s.victim) })
	}
	if s.heal > 0 {
		time.AfterFunc(s.heal, func() { n.Heal(s.victim) })
	}
	return wait(ranks), nil
}

// start starts the command on each machine, in a process group of its own: the terminal's interrupt comes through this process.
func start(n *link.Network, s settings) (ranks []*exec.Cmd, err error) {
	for i := range s.nodes {
		cmd := exec.Command(s.command[0], s.command[1:]...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if i > 0 {
			name := &named{to: os.Stderr, name: fmt.Sprintf("[node-%d] ", i)}
			cmd.Stdout, cmd.Stderr = name, name
		}
		if err := n.Start(i, cmd); err != nil {
			return nil, err
		}
		ranks = append(ranks, cmd)
	}
	return ranks, nil
}

// wait waits for all, and says who failed.
func wait(ranks []*exec.Cmd) (code int) {
	for i, cmd := range ranks {
		if err := cmd.Wait(); err != nil {
			fmt.Fprintf(os.Stderr, "link: node-%d: %v\n", i, err)
			if code == 0 {
				code = max(1, cmd.ProcessState.ExitCode())
			}
		}
	}
	return code
}

// named writes whole lines behind a name.
type named struct {
	to   io.Writer
	name string
	rest []byte
}

func (n *named) Write(p []byte) (int, error) {
	n.rest = append(n.rest, p...)
	for {
		line, rest, found := bytes.Cut(n.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		if _, err := fmt.Fprintf(n.to, "%s%s\n", n.name, line); err != nil {
			return 0, err
		}
		n.rest = rest
	}
}

// asRoot runs this program again as root of a user namespace.
func asRoot(signals <-chan os.Signal) (code int, err error) {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	link.Privileged(cmd)
	if err := cmd.Start(); err != nil {
		return 1, fault.New("link: neither root nor in a namespace of users: %w", err).Advise("sudo, or let users have namespaces: sysctl user.max_user_namespaces")
	}
	go func() {
		for sig := range signals {
			_ = cmd.Process.Signal(sig)
		}
	}()
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(1, exit.ExitCode()), nil
	}
	return 0, err
}
