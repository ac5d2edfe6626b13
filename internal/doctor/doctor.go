// Package doctor examines the machine: versions, devices, compute types, and whether LibTorch computes right. Both commands
// show its report.
//
// Files: doctor.go (the report), selftest.go (known answers), print.go (for people).
package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/internal/torch"
)

// Report is what a machine has and whether it works.
type Report struct {
	Module    string    `json:"module"`
	Go        string    `json:"go"`
	LibTorch  string    `json:"libtorch"`
	Library   string    `json:"library"` // the file LibTorch was loaded from
	System    string    `json:"system"`
	Cores     int       `json:"cores"`
	Threads   int       `json:"threads"` // that one operator uses
	Vectors   string    `json:"vectors"` // instruction set
	Compute   []Compute `json:"compute"`
	GPUs      []GPU     `json:"gpus"`
	Attention []Path    `json:"attention,omitempty"`
	CUDA      string    `json:"cuda,omitempty"` // why CUDA cannot be used
	Tests     []Test    `json:"tests"`
	Problems  []Problem `json:"problems"`
	Healthy   bool      `json:"healthy"`
	TestTimes float64   `json:"test_seconds"`
}

// Compute says how well a device handles a compute type.
type Compute struct {
	Device string `json:"device"`
	Type   string `json:"type"`
	Native bool   `json:"native"` // the processor multiplies it itself
}

// GPU is one CUDA device; memory in bytes.
type GPU struct {
	Device     string `json:"device"`
	Name       string `json:"name"`
	Total      int64  `json:"total_bytes"`
	Free       int64  `json:"free_bytes"`
	Capability string `json:"capability"`
}

// Path says by which kernels a GPU computes attention in a type, for which of the sizes of models.
type Path struct {
	Device string   `json:"device"`
	Type   string   `json:"type"`
	Models []string `json:"models"`
	Path   string   `json:"path"`
}

// Problem is something wrong, and one line of what to do.
type Problem struct {
	What string `json:"what"`
	Hint string `json:"hint"`
}

// wantVersion is the LibTorch that gotch's C++ and ours are tested with.
const wantVersion = "2.11.0"

// Examine fills a report for the given device ("auto" examines all there are).
func Examine(device string) (Report, error) {
	d, err := torch.ParseDevice(device)
	if err != nil {
		return Report{}, err
	}
	r := Report{
		Module: Version(), Go: runtime.Version(), LibTorch: torch.Version(), Library: torch.LibraryPath(),
		System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Threads: torch.Threads(), Vectors: torch.CPUCapability(),
		GPUs: []GPU{}, Problems: []Problem{},
	}
	r.Compute = []Compute{{"cpu", "fp32", true}, {"cpu", "bf16", torch.CPUHasBF16()}, {"cpu", "fp16", false}}
	r.devices()
	r.test(torch.CPU)
	if d.IsCUDA() {
		r.test(d)
	}
	r.judge()
	return r, nil
}

// Version is this module's version: a release, or the commit that it was built from.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func (r *Report) devices() {
	if err := torch.CUDAProblem(); err != nil {
		r.CUDA = err.Error()
		return
	}
	for i := range torch.CUDACount() {
		d := torch.CUDA(i)
		gpu, err := d.Describe()
		if err != nil {
			r.Problems = append(r.Problems, Problem{fmt.Sprintf("%v cannot be asked: %v", d, err), "see whether nvidia-smi lists it and nothing else holds it"})
			continue
		}
		r.GPUs = append(r.GPUs, GPU{d.String(), gpu.Name, gpu.Total, gpu.Free, fmt.Sprintf("%d.%d", gpu.Major, gpu.Minor)})
		r.Compute = append(r.Compute, Compute{d.String(), "fp32", true}, Compute{d.String(), "bf16", gpu.Major >= 8},
			Compute{d.String(), "fp16", gpu.Major >= 7})
		r.attention(d, gpu.Card)
	}
}

// attention groups the sizes of models by the kernels that they take.
func (r *Report) attention(d torch.Device, card torch.Card) {
	for _, compute := range []string{"fp32", "bf16", "fp16"} {
		dtype, err := torch.ParseCompute(compute)
		if err != nil {
			continue
		}
		first := len(r.Attention)
		for _, name := range bert.SizeNames() {
			size, err := bert.Size(name)
			if err != nil {
				continue
			}
			path := card.AttentionPath(dtype, size.HiddenSize/size.NumHeads)
			same := slices.IndexFunc(r.Attention[first:], func(p Path) bool { return p.Path == path })
			if same < 0 {
				same = len(r.Attention) - first
				r.Attention = append(r.Attention, Path{Device: d.String(), Type: compute, Path: path})
			}
			r.Attention[first+same].Models = append(r.Attention[first+same].Models, name)
		}
	}
}

func (r *Report) judge() {
	if r.LibTorch != wantVersion {
		r.problem(fmt.Sprintf("LibTorch is %s, this program is tested with %s", r.LibTorch, wantVersion), "run scripts/install-libtorch.sh and build again")
	}
	if r.Threads > r.Cores {
		r.problem(fmt.Sprintf("%d threads share %d cores", r.Threads, r.Cores), "set OMP_NUM_THREADS to the number of cores, or unset it")
	}
	if why := torch.Unused(); why != nil {
		what, hint, _ := strings.Cut(why.Error(), " (hint: ")
		r.problem("the GPU is not used: "+what, cmp.Or(strings.TrimSuffix(hint, ")"), "another card, or --device cpu"))
	}
	for _, t := range r.Tests {
		if !t.Passed {
			r.problem(fmt.Sprintf("self-test %q failed on %s: %s", t.Name, t.Device, t.Detail), "run scripts/install-libtorch.sh --uninstall, then install again")
		}
	}
	r.Healthy = len(r.Problems) == 0
}

func (r *Report) problem(what, hint string) { r.Problems = append(r.Problems, Problem{what, hint}) }

// ErrUnhealthy is returned by the doctor's commands when a problem was found.
var ErrUnhealthy = errors.New("the doctor found problems")
