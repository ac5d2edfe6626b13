package cli

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/internal/fault"
	"gobert/internal/torch"
)

// health is what a machine has and whether it works.
type health struct {
	Module    string          `json:"module"`
	Go        string          `json:"go"`
	LibTorch  string          `json:"libtorch"`
	Library   string          `json:"library"` // the file LibTorch was loaded from
	System    string          `json:"system"`
	Cores     int             `json:"cores"`
	Threads   int             `json:"threads"` // that one operator uses
	Vectors   string          `json:"vectors"` // instruction set
	Compute   []computes      `json:"compute"`
	GPUs      []gpu           `json:"gpus"`
	Attention []attentionPath `json:"attention,omitempty"`
	CUDA      string          `json:"cuda,omitempty"` // why CUDA cannot be used
	Tests     []selfTest      `json:"tests"`
	Problems  []problem       `json:"problems"`
	Healthy   bool            `json:"healthy"`
	TestTimes float64         `json:"test_seconds"`
}

// computes says how well a device handles a compute type.
type computes struct {
	Device string `json:"device"`
	Type   string `json:"type"`
	Native bool   `json:"native"` // the processor multiplies it itself
}

// gpu is one CUDA device; memory in bytes.
type gpu struct {
	Device     string `json:"device"`
	Name       string `json:"name"`
	Total      int64  `json:"total_bytes"`
	Free       int64  `json:"free_bytes"`
	Capability string `json:"capability"`
}

// attentionPath says by which kernels a GPU computes attention in a type, for which of the sizes of models.
type attentionPath struct {
	Device string   `json:"device"`
	Type   string   `json:"type"`
	Models []string `json:"models"`
	Path   string   `json:"path"`
}

// problem is something wrong, and one line of what to do.
type problem struct {
	What string `json:"what"`
	Hint string `json:"hint"`
}

// wantVersion is the LibTorch that gotch's C++ and ours are tested with.
const wantVersion = "2.11.0"

// examine fills a report for the given device ("auto" examines all there are).
func examine(device string) (health, error) {
	d, err := torch.ParseDevice(device)
	if err != nil {
		return health{}, err
	}
	r := health{
		Module: moduleVersion(), Go: runtime.Version(), LibTorch: torch.Version(), Library: torch.LibraryPath(),
		System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Threads: torch.Threads(), Vectors: torch.CPUCapability(),
		GPUs: []gpu{}, Problems: []problem{},
	}
	r.Compute = []computes{{"cpu", "fp32", true}, {"cpu", "bf16", torch.CPUHasBF16()}, {"cpu", "fp16", false}}
	r.devices()
	r.test(torch.CPU)
	if d.IsCUDA() {
		r.test(d)
	}
	r.judge()
	return r, nil
}

// moduleVersion is this module's version: a release, or the commit that it was built from.
func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func (r *health) devices() {
	if err := torch.CUDAProblem(); err != nil {
		r.CUDA = err.Error()
		return
	}
	for i := range torch.CUDACount() {
		d := torch.CUDA(i)
		found, err := d.Describe()
		if err != nil {
			r.Problems = append(r.Problems, problem{fmt.Sprintf("%v cannot be asked: %v", d, err), "see whether nvidia-smi lists it and nothing else holds it"})
			continue
		}
		r.GPUs = append(r.GPUs, gpu{d.String(), found.Name, found.Total, found.Free, fmt.Sprintf("%d.%d", found.Major, found.Minor)})
		r.Compute = append(r.Compute, computes{d.String(), "fp32", true}, computes{d.String(), "bf16", found.Major >= 8},
			computes{d.String(), "fp16", found.Major >= 7})
		r.attention(d, found.Card)
	}
}

// attention groups the sizes of models by the kernels that they take.
func (r *health) attention(d torch.Device, card torch.Card) {
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
			same := slices.IndexFunc(r.Attention[first:], func(p attentionPath) bool { return p.Path == path })
			if same < 0 {
				same = len(r.Attention) - first
				r.Attention = append(r.Attention, attentionPath{Device: d.String(), Type: compute, Path: path})
			}
			r.Attention[first+same].Models = append(r.Attention[first+same].Models, name)
		}
	}
}

func (r *health) judge() {
	if r.LibTorch != wantVersion {
		r.add(fmt.Sprintf("LibTorch is %s, this program is tested with %s", r.LibTorch, wantVersion), "run scripts/install-libtorch.sh and build again")
	}
	if r.Threads > r.Cores {
		r.add(fmt.Sprintf("%d threads share %d cores", r.Threads, r.Cores), "set OMP_NUM_THREADS to the number of cores, or unset it")
	}
	if why := torch.Unused(); why != nil {
		for _, line := range fault.Lines(why, fault.Flag) {
			r.add("the GPU is not used: "+line.Text, cmp.Or(strings.Join(line.Hints, "; "), "another card, or the CPU"))
		}
	}
	for _, t := range r.Tests {
		if !t.Passed {
			r.add(fmt.Sprintf("self-test %q failed on %s: %s", t.Name, t.Device, t.Detail), "run scripts/install-libtorch.sh --uninstall, then install again")
		}
	}
	r.Healthy = len(r.Problems) == 0
}

func (r *health) add(what, hint string) { r.Problems = append(r.Problems, problem{what, hint}) }

// errUnhealthy is returned by the verb when a problem was found.
var errUnhealthy = errors.New("the doctor found problems")
