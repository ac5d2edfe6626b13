package ranks

import (
	"fmt"
	"math/bits"
	"net"
	"strconv"

	"gobert/internal/fault"
)

// Place is where a process stands among those that train one model together.
type Place struct {
	Rank, Size           int // of the world
	LocalRank, LocalSize int // of those on this machine
	// Address and Port are where rank 0 keeps the store that all meet in. Port is 0 where there is one rank.
	Address string
	Port    int
	// Kept says that the launcher keeps the store, and rank 0 is a guest like everyone: torchrun's agent does.
	Kept bool
	// Attempt counts the restarts of a launcher that keeps its store, so that each meets afresh.
	Attempt int
	// Launcher is who started the process, for messages: "torchrun", "Slurm", "MPI", "Kubeflow" or "--ranks"; "" for one rank alone.
	Launcher string

	starts   int
	listener int
}

// CheckSize refuses a world of so many ranks that they cannot be paired.
func CheckSize(n int) error {
	if n < 1 || n > most || bits.OnesCount(uint(n)) != 1 {
		return unpaired("{ranks} is %d", n)
	}
	return nil
}

// unpaired is the error of a number that cannot be paired; what says who named it.
func unpaired(what string, n int) error {
	return fault.Usage(what+": expected 1, 2, 4, 8, ...: sums are taken of pairs", n)
}

// most is more than any number of ranks, and little enough to be multiplied by another.
const most = 1 << 20

// Starts is how many processes this one is to start on its machine, instead of taking part itself; 0 for one that takes part.
func (p Place) Starts() int { return p.starts }

// Alone says whether there is nobody to meet.
func (p Place) Alone() bool { return p.Size == 1 }

// First says whether this is rank 0, which speaks for all.
func (p Place) First() bool { return p.Rank == 0 }

// Keeps says whether this process keeps the store.
func (p Place) Keeps() bool { return p.First() && !p.Kept }

// Listener is the socket's descriptor at which this process keeps the store, where whoever started it has opened one; else 0.
func (p Place) Listener() int { return p.listener }

// Meeting is the store's address and port.
func (p Place) Meeting() string { return net.JoinHostPort(p.Address, strconv.Itoa(p.Port)) }

// String names the place in a message.
func (p Place) String() string { return fmt.Sprintf("rank %d of %d", p.Rank, p.Size) }
