package ranks

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/internal/fault"
)

// variables makes an environment of "NAME=value" words.
func variables(words string) Environment {
	set := map[string]string{}
	for _, word := range strings.Fields(words) {
		name, value, _ := strings.Cut(word, "=")
		set[name] = value
	}
	return func(name string) (string, bool) {
		value, found := set[name]
		return value, found
	}
}

func TestFind(t *testing.T) {
	const torchrun = "RANK=5 WORLD_SIZE=8 LOCAL_RANK=1 LOCAL_WORLD_SIZE=4 MASTER_ADDR=host-a MASTER_PORT=1234 "
	const slurm = "SLURM_JOB_ID=70123 SLURM_STEP_NUM_TASKS=8 SLURM_PROCID=6 SLURM_LOCALID=2 SLURM_NODEID=1 SLURM_STEP_TASKS_PER_NODE=4(x2) SLURM_STEP_NODELIST=gpu[017-018] "
	for name, c := range map[string]struct {
		env   string
		asked int
		want  Place
	}{
		"nothing":       {"", 0, Place{Size: 1, LocalSize: 1}},
		"one asked for": {"", 1, Place{Size: 1, LocalSize: 1}},
		"local":         {"", 4, Place{Size: 4, LocalSize: 4, Address: "127.0.0.1", Launcher: "--ranks", starts: 4}},
		"local in one task": {
			"PMI_RANK=0 PMI_SIZE=1 SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0", 2,
			Place{Size: 2, LocalSize: 2, Address: "127.0.0.1", Launcher: "--ranks", starts: 2},
		},
		"a local rank": {
			"GOBERT_LAUNCHED=1 GOBERT_STORE_LISTENER=3 RANK=0 WORLD_SIZE=2 LOCAL_RANK=0 LOCAL_WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=40001", 2,
			Place{Size: 2, LocalSize: 2, Address: "127.0.0.1", Port: 40001, Launcher: "--ranks", listener: 3},
		},
		"torchrun": {
			torchrun + "TORCHELASTIC_RUN_ID=x TORCHELASTIC_USE_AGENT_STORE=True TORCHELASTIC_RESTART_COUNT=2", 0,
			Place{Rank: 5, Size: 8, LocalRank: 1, LocalSize: 4, Address: "host-a", Port: 1234, Kept: true, Attempt: 2, Launcher: "torchrun"},
		},
		"torchrun in a step of Slurm": {
			torchrun + "TORCHELASTIC_RUN_ID=x SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1", 0,
			Place{Rank: 5, Size: 8, LocalRank: 1, LocalSize: 4, Address: "host-a", Port: 1234, Launcher: "torchrun"},
		},
		"by hand": {
			"RANK=1 WORLD_SIZE=2 MASTER_ADDR=host-a", 0,
			Place{Rank: 1, Size: 2, LocalSize: 1, Address: "host-a", Port: 29500, Launcher: "torchrun"},
		},
		"Slurm": {slurm, 0, Place{Rank: 6, Size: 8, LocalRank: 2, LocalSize: 4, Address: "gpu017", Port: 20123, Launcher: "Slurm"}},
		"Slurm with an address": {
			slurm + "MASTER_ADDR=10.0.0.1 MASTER_PORT=99", 8,
			Place{Rank: 6, Size: 8, LocalRank: 2, LocalSize: 4, Address: "10.0.0.1", Port: 99, Launcher: "Slurm"},
		},
		"a batch script of Slurm": {"SLURM_NTASKS=8 SLURM_PROCID=0 SLURM_JOB_ID=1", 0, Place{Size: 1, LocalSize: 1}},
		"Open MPI": {
			"OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2", 0,
			Place{Rank: 1, Size: 2, LocalRank: 1, LocalSize: 2, Address: "127.0.0.1", Port: 29500, Launcher: "MPI"},
		},
		"MPICH": {"PMI_RANK=3 PMI_SIZE=4 MASTER_ADDR=host-a", 0, Place{Rank: 3, Size: 4, LocalSize: 1, Address: "host-a", Port: 29500, Launcher: "MPI"}},
		"Kubeflow": {
			"PET_NNODES=4 PET_NODE_RANK=3 PET_MASTER_ADDR=run-node-0-0.run PET_MASTER_PORT=29400", 0,
			Place{Rank: 3, Size: 4, LocalSize: 1, Address: "run-node-0-0.run", Port: 29400, Launcher: "Kubeflow"},
		},
		"Kubeflow with several to start": {
			"PET_NNODES=2 PET_NODE_RANK=1 PET_NPROC_PER_NODE=4 PET_MASTER_ADDR=a", 0,
			Place{Rank: 4, Size: 8, LocalSize: 4, Address: "a", Port: 29500, Launcher: "Kubeflow", starts: 4},
		},
		"Kubeflow with a rank for each GPU, in pairs": {
			"PET_NNODES=2 PET_NODE_RANK=1 PET_NPROC_PER_NODE=auto CUDA_VISIBLE_DEVICES=0,1,2 PET_MASTER_ADDR=a", 0,
			Place{Rank: 2, Size: 4, LocalSize: 2, Address: "a", Port: 29500, Launcher: "Kubeflow", starts: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Find(variables(c.env), c.asked)
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(Place{})); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestContradictions(t *testing.T) {
	for env, want := range map[string]string{
		"RANK=1":                                              "RANK is set in the environment, but not WORLD_SIZE",
		"RANK=1 WORLD_SIZE=2":                                 "RANK is set in the environment, but not MASTER_ADDR",
		"TORCHELASTIC_RUN_ID=x":                               "TORCHELASTIC_RUN_ID is set in the environment, but not RANK",
		"RANK=2 WORLD_SIZE=2 MASTER_ADDR=a":                   "torchrun says that this is rank 2 of 2: expected 0 to 1",
		"RANK=-1 WORLD_SIZE=2 MASTER_ADDR=a":                  `RANK is "-1" in the environment: expected a whole number of 0 or more`,
		"RANK=0 WORLD_SIZE=two MASTER_ADDR=a":                 `WORLD_SIZE is "two" in the environment: expected a whole number of 0 or more`,
		"RANK=0 WORLD_SIZE=0":                                 "torchrun says that there are 0 ranks: expected 1 or more",
		"RANK=1 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=70000": "MASTER_PORT is 70000 in the environment: expected 1 to 65535",
		"RANK=1 WORLD_SIZE=2 MASTER_ADDR=a LOCAL_RANK=3 LOCAL_WORLD_SIZE=2":               "torchrun says that this is the local rank 3 of 2 on this machine, and of 2 in all",
		"RANK=0 WORLD_SIZE=4 MASTER_ADDR=a SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=2":         "RANK is 0 in the environment, but SLURM_PROCID is 2",
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0":         "WORLD_SIZE is 2 in the environment, but SLURM_STEP_NUM_TASKS is 4",
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2": "RANK is 0 in the environment, but OMPI_COMM_WORLD_RANK is 1",
		"OMPI_COMM_WORLD_RANK=1": "OMPI_COMM_WORLD_RANK is set in the environment, but not OMPI_COMM_WORLD_SIZE",
		"OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2": "but not MASTER_ADDR, the machine of rank 0",
		"SLURM_STEP_NUM_TASKS=2":                                                    "SLURM_STEP_NUM_TASKS is set in the environment, but not SLURM_PROCID",
		"SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1":                                     `SLURM_JOB_NODELIST is "" in the environment: expected a list of machines`,
		"PET_NNODES=2 PET_NODE_RANK=0":                                              "PET_NNODES is set in the environment, but not PET_MASTER_ADDR",
		"PET_NNODES=2 PET_NODE_RANK=2 PET_MASTER_ADDR=a":                            "Kubeflow says that this is rank 2 of 2",
		"PET_NNODES=1 PET_NODE_RANK=0 PET_NPROC_PER_NODE=many":                      `PET_NPROC_PER_NODE is "many" in the environment: expected a whole number`,
		"PET_NNODES=1 PET_NODE_RANK=0 PET_NPROC_PER_NODE=gpu CUDA_VISIBLE_DEVICES=": `PET_NPROC_PER_NODE is "gpu" in the environment, and this machine shows no GPU`,
	} {
		_, err := Find(variables(env), 0)
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, fault.ErrUsage) {
			t.Errorf("%s: got %v, want %s", env, err, want)
		}
	}
	_, err := Find(variables("RANK=1 WORLD_SIZE=4 MASTER_ADDR=a"), 2)
	if err == nil || err.Error() != "ranks is 2, but torchrun started 4 ranks, of which this is rank 1 (hint: leave ranks out under a launcher)" {
		t.Error(err)
	}
	for env, c := range map[string]struct {
		asked int
		who   string
	}{
		"A=1": {-1, "ranks is -1"}, "B=1": {3, "ranks is 3"}, "RANK=1 WORLD_SIZE=6 MASTER_ADDR=a": {0, "WORLD_SIZE is 6 in the environment"},
		"RANK=0 WORLD_SIZE=1": {3, "ranks is 3"}, "PET_NNODES=3 PET_NODE_RANK=0 PET_MASTER_ADDR=a": {0, "PET_NNODES times PET_NPROC_PER_NODE is 3 in the environment"},
	} {
		if _, err := Find(variables(env), c.asked); err == nil || err.Error() != c.who+": expected 1, 2, 4, 8, ...: sums are taken of pairs" {
			t.Errorf("%s, %d: %v", env, c.asked, err)
		}
	}
}

// TestARankForEachCore: of a machine without GPUs, or where cores are asked for.
func TestARankForEachCore(t *testing.T) {
	for _, word := range []string{"cpu", "auto"} {
		got, err := Find(variables("PET_NNODES=1 PET_NODE_RANK=0 CUDA_VISIBLE_DEVICES= PET_NPROC_PER_NODE="+word), 0)
		if cores := runtime.GOMAXPROCS(0); err != nil || got.Size > cores || 2*got.Size <= min(cores, runtime.NumCPU()) {
			t.Errorf("%s: %d ranks of %d cores: %v", word, got.Size, cores, err)
		}
	}
}

func TestFirstMachine(t *testing.T) {
	for list, want := range map[string]string{
		"gpu[017-020,31],login1": "gpu017", "gpu7": "gpu7", "a-1.b,c": "a-1.b", "rack[3,5]-x": "rack3-x", "": "", "[1]": "",
	} {
		if got := firstMachine(list); got != want {
			t.Errorf("%q: got %q, want %q", list, got, want)
		}
	}
	for i, want := range []int{4, 4, 3} {
		e := &environment{lookup: variables("SLURM_STEP_TASKS_PER_NODE=4(x2),3 SLURM_NODEID=" + string(rune('0'+i)))}
		if got := e.tasksHere(); got != want {
			t.Errorf("machine %d: %d tasks, want %d", i, got, want)
		}
	}
}

// FuzzFind: whatever the environment says, Find gives a place that can be, or an error.
func FuzzFind(f *testing.F) {
	f.Add("RANK=5 WORLD_SIZE=8 MASTER_ADDR=a", 0)
	f.Add("SLURM_STEP_NUM_TASKS=8 SLURM_PROCID=6 SLURM_NODEID=9 SLURM_STEP_TASKS_PER_NODE=4(x2),((x SLURM_STEP_NODELIST=g[1-", 8)
	f.Add("PET_NNODES=99999999999 PET_NODE_RANK=1 PET_NPROC_PER_NODE=4294967296", 3)
	f.Fuzz(func(t *testing.T, env string, asked int) {
		p, err := Find(variables(env), asked)
		if err == nil && (p.Rank < 0 || p.Rank >= p.Size || p.LocalRank >= p.LocalSize || p.LocalSize > p.Size) {
			t.Errorf("%+v", p)
		}
	})
}
