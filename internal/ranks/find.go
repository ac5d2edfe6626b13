package ranks

import (
	"math"
	"strconv"

	"gobert/internal/fault"
)

// defaultPort is torchrun's.
const defaultPort = 29500

// Environment looks up a variable, as [os.LookupEnv] does.
type Environment func(name string) (value string, found bool)

// Find finds the place of this process. Asked is the user's own number of ranks on this machine, or 0 where none was named. Without
// it the environment says: variables of torchrun (RANK, WORLD_SIZE, ...), which other launchers' scripts set too, of MPI
// (OMPI_COMM_WORLD_*, PMI_*), of a step of Slurm (SLURM_PROCID, SLURM_STEP_NUM_TASKS), of Kubeflow (PET_*); where there are none, this is
// one rank alone. Variables that contradict each other, or the number asked for, are refused by name.
func Find(env Environment, asked int) (Place, error) {
	e := &environment{lookup: env}
	place := e.place()
	if e.err != nil {
		return Place{}, e.err
	}
	if place.Size == 1 && asked > 1 { // one process, whoever started it, may start others
		place = e.local(asked)
	}
	switch err := CheckSize(place.Size); {
	case err != nil && e.size != "":
		return Place{}, unpaired(e.size+" is %d in the environment", place.Size)
	case err != nil:
		return Place{}, err
	case asked < 0:
		return Place{}, CheckSize(asked)
	case asked > 0 && place.Size != asked:
		return Place{}, fault.Usage("{ranks} is %d, but %s started %d ranks, of which this is rank %d", asked, place.Launcher, place.Size, place.Rank).
			Advise("leave {ranks} out under a launcher")
	}
	return place, e.err
}

// Launched says whether a launcher of ours started this process. A signal may come to it twice then: by itself, as from a terminal, and
// handed on.
func Launched(env Environment) bool { return (&environment{lookup: env}).has(launchedVariable) }

// local is the place of a process that starts all ranks on this machine, which meet at a port that is free.
func (e *environment) local(n int) Place {
	e.size = ""
	return Place{Size: n, LocalSize: n, Address: "127.0.0.1", Port: e.number("MASTER_PORT", 0), Launcher: fault.Flag("ranks"), starts: n}
}

// environment reads variables and keeps the first fault.
type environment struct {
	lookup Environment
	size   string // what says how many ranks there are
	err    error
}

func (e *environment) has(name string) bool {
	text, found := e.lookup(name)
	return found && text != ""
}

func (e *environment) text(name string) string {
	text, _ := e.lookup(name)
	return text
}

// number reads a variable that is a whole number of 0 or more; without it, or where it is empty, it is otherwise.
func (e *environment) number(name string, otherwise int) int {
	if !e.has(name) {
		return otherwise
	}
	n, err := strconv.Atoi(e.text(name))
	if err != nil || n < 0 || n > math.MaxInt32 {
		e.fail("%s is %q in the environment: expected a whole number of 0 or more", name, e.text(name))
	}
	return n
}

func (e *environment) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fault.Usage(format, args...)
	}
}

// need fails for the first of the variables that is missing beside another.
func (e *environment) need(beside string, names ...string) {
	for _, name := range names {
		if !e.has(name) {
			e.fail("%s is set in the environment, but not %s", beside, name)
		}
	}
}

// place asks the launchers in the order of who stands closest to the process: torchrun may run inside of a Slurm step, mpirun inside
// of an allocation.
func (e *environment) place() Place {
	var p Place
	switch {
	case e.has("RANK") || e.has("TORCHELASTIC_RUN_ID"):
		p = e.torchrun()
	case e.has("OMPI_COMM_WORLD_RANK"):
		p = e.mpi("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE")
	case e.has("SLURM_STEP_NUM_TASKS") && e.number("SLURM_STEP_NUM_TASKS", 1) > 1:
		p = e.slurm()
	case e.has("PMI_RANK"):
		p = e.mpi("PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS")
	case e.has("PET_NNODES"):
		p = e.kubeflow()
	default:
		return Place{Size: 1, LocalSize: 1}
	}
	switch {
	case e.err != nil:
	case p.Size < 1:
		e.fail("%s says that there are %d ranks: expected 1 or more", p.Launcher, p.Size)
	case p.Rank >= p.Size:
		e.fail("%s says that this is rank %d of %d: expected 0 to %d", p.Launcher, p.Rank, p.Size, p.Size-1)
	case p.LocalSize < 1 || p.LocalRank >= p.LocalSize || p.LocalSize > p.Size:
		e.fail("%s says that this is the local rank %d of %d on this machine, and of %d in all", p.Launcher, p.LocalRank, p.LocalSize, p.Size)
	case p.Port > 65535 || p.Size > 1 && p.Port == 0 && p.starts == 0:
		e.fail("MASTER_PORT is %d in the environment: expected 1 to 65535", p.Port)
	}
	return p
}

func (e *environment) torchrun() Place {
	beside := "RANK"
	if !e.has(beside) {
		beside = "TORCHELASTIC_RUN_ID"
	}
	e.need(beside, "RANK", "WORLD_SIZE")
	e.size = "WORLD_SIZE"
	p := Place{
		Rank: e.number("RANK", 0), Size: e.number("WORLD_SIZE", 1),
		LocalRank: e.number("LOCAL_RANK", 0), LocalSize: e.number("LOCAL_WORLD_SIZE", 1),
		Address: e.text("MASTER_ADDR"), Port: e.number("MASTER_PORT", defaultPort),
		Kept: e.text("TORCHELASTIC_USE_AGENT_STORE") == "True", Attempt: e.number("TORCHELASTIC_RESTART_COUNT", 0),
		Launcher: "torchrun", listener: e.number(listenerVariable, 0),
	}
	if e.has(launchedVariable) {
		p.Launcher = fault.Flag("ranks")
	}
	if e.has("LOCAL_RANK") && !e.has("LOCAL_WORLD_SIZE") {
		p.LocalSize = p.LocalRank + 1 // nobody says how many more there are
	}
	if p.Size > 1 {
		e.need("RANK", "MASTER_ADDR")
	}
	if !e.has("TORCHELASTIC_RUN_ID") && !e.has(launchedVariable) {
		e.agrees(p, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")
		if e.number("SLURM_STEP_NUM_TASKS", 1) > 1 {
			e.agrees(p, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS")
		}
	}
	return p
}

// agrees compares RANK and WORLD_SIZE, which a script set, with what another launcher says: a script that sets one RANK for all tasks
// of a step would start one rank many times.
func (e *environment) agrees(p Place, rank, size string) {
	if !e.has(rank) || !e.has(size) {
		return
	}
	if n := e.number(rank, 0); n != p.Rank {
		e.fail("RANK is %d in the environment, but %s is %d", p.Rank, rank, n)
	}
	if n := e.number(size, 0); n != p.Size {
		e.fail("WORLD_SIZE is %d in the environment, but %s is %d", p.Size, size, n)
	}
}

func (e *environment) mpi(rank, size, localRank, localSize string) Place {
	e.need(rank, size)
	e.size = size
	p := Place{
		Rank: e.number(rank, 0), Size: e.number(size, 1),
		LocalRank: e.number(localRank, 0), LocalSize: e.number(localSize, 1),
		Address: e.text("MASTER_ADDR"), Port: e.number("MASTER_PORT", defaultPort), Launcher: "MPI",
	}
	if p.LocalSize == p.Size && p.Address == "" {
		p.Address = "127.0.0.1"
	}
	if p.Size > 1 && p.Address == "" {
		e.fail("%s is set in the environment, but not MASTER_ADDR, the machine of rank 0", rank)
	}
	return p
}
