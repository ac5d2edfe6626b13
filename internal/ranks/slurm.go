package ranks

import (
	"regexp"
	"strings"
)

// slurm is the place of a task that srun started. A batch script itself is no such task, however many the allocation has room for.
func (e *environment) slurm() Place {
	e.need("SLURM_STEP_NUM_TASKS", "SLURM_PROCID")
	e.size = "SLURM_STEP_NUM_TASKS"
	p := Place{
		Rank: e.number("SLURM_PROCID", 0), Size: e.number("SLURM_STEP_NUM_TASKS", 1),
		LocalRank: e.number("SLURM_LOCALID", 0), LocalSize: e.tasksHere(),
		Address: e.text("MASTER_ADDR"), Port: e.number("MASTER_PORT", e.jobPort()), Launcher: "Slurm",
	}
	if p.Address == "" {
		list := "SLURM_STEP_NODELIST"
		if !e.has(list) {
			list = "SLURM_JOB_NODELIST"
		}
		p.Address = firstMachine(e.text(list))
		if p.Address == "" {
			e.fail("%s is %q in the environment: expected a list of machines, of which the first has rank 0, or MASTER_ADDR", list, e.text(list))
		}
	}
	return p
}

// tasksHere reads how many tasks of the step are on this machine: SLURM_STEP_TASKS_PER_NODE is "4(x2),3", a machine after another.
func (e *environment) tasksHere() int {
	node := e.number("SLURM_NODEID", 0)
	for _, m := range perMachine.FindAllStringSubmatch(e.text("SLURM_STEP_TASKS_PER_NODE"), -1) {
		machines := 1
		if m[2] != "" {
			machines = atoi(m[2])
		}
		if node -= machines; node < 0 {
			return atoi(m[1])
		}
	}
	return e.number("SLURM_LOCALID", 0) + 1
}

var (
	perMachine = regexp.MustCompile(`(\d+)(?:\(x(\d+)\))?`)
	aMachine   = regexp.MustCompile(`^([\w.-]+)(?:\[(\w+)[^\]]*\]([\w.-]*))?`)
)

// atoi reads digits that an expression has found.
func atoi(digits string) (n int) {
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// firstMachine is the first name of a list as Slurm writes it: "gpu[017-020,31],login1" begins with gpu017.
func firstMachine(list string) string {
	m := aMachine.FindStringSubmatch(strings.TrimSpace(list))
	if m == nil {
		return ""
	}
	return m[1] + m[2] + m[3]
}

// jobPort gives jobs that share a machine ports of their own, below those that systems hand out by themselves.
func (e *environment) jobPort() int {
	if job := e.number("SLURM_JOB_ID", 0); job > 0 {
		return 20000 + job%10000
	}
	return defaultPort
}
