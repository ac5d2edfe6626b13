package ranks

import (
	"math/bits"
	"path/filepath"
	"runtime"
	"strings"
)

// kubeflow is the place of a machine, whose PET_* are torchrun's arguments. Where each machine has several ranks, they are to be started.
func (e *environment) kubeflow() Place {
	e.need("PET_NNODES", "PET_NODE_RANK")
	e.size = "PET_NNODES times PET_NPROC_PER_NODE"
	nodes, node, each := e.number("PET_NNODES", 1), e.number("PET_NODE_RANK", 0), e.perMachine("PET_NPROC_PER_NODE")
	p := Place{
		Rank: node * each, Size: nodes * each, LocalSize: each,
		Address: e.text("PET_MASTER_ADDR"), Port: e.number("PET_MASTER_PORT", defaultPort), Launcher: "Kubeflow",
	}
	if nodes > 1 {
		e.need("PET_NNODES", "PET_MASTER_ADDR")
	} else if p.Address == "" {
		p.Address = "127.0.0.1"
	}
	if each > 1 {
		p.starts = each
	}
	return p
}

// perMachine is how many ranks a machine has: a number, or one of torchrun's words for as many as it has GPUs (gpu), cores (cpu), or
// GPUs, and without any, cores (auto); of these the largest power of two, as ranks are paired.
func (e *environment) perMachine(name string) int {
	n := 0
	switch word := e.text(name); {
	case word == "gpu", word == "auto" && e.cards() > 0:
		if n = e.cards(); n == 0 {
			e.fail("%s is %q in the environment, and this machine shows no GPU: expected a number, or cpu", name, word)
		}
	case word == "cpu", word == "auto":
		n = min(runtime.NumCPU(), runtime.GOMAXPROCS(0)) // a container may have fewer than its machine
	default:
		return e.number(name, 1)
	}
	return 1 << max(0, bits.Len(uint(n))-1)
}

func (e *environment) cards() int { return Cards(e.lookup) }

// Cards counts the GPUs that this process may use, as NVIDIA's driver shows them: without LibTorch, which may not have begun yet.
func Cards(lookup func(name string) (string, bool)) int {
	if list, found := lookup("CUDA_VISIBLE_DEVICES"); found {
		return len(strings.FieldsFunc(list, func(r rune) bool { return r == ',' }))
	}
	found, _ := filepath.Glob("/proc/driver/nvidia/gpus/*")
	return len(found)
}
