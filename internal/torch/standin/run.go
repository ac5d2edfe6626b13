package standin

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	deviceVariable  = "GOBERT_TEST_DEVICE"    // names the device that tests run on
	machineVariable = "GOBERT_STANDIN"        // says what the machine looks like: Machine's String
	countsVariable  = "GOBERT_STANDIN_COUNTS" // names the file that the stand-in counts in
)

// Device is the device that tests run on, for torch.ParseDevice: the CPU, or what $GOBERT_TEST_DEVICE names.
func Device() string {
	if name := os.Getenv(deviceVariable); name != "" {
		return name
	}
	return "cpu"
}

// Variables are what a program needs to find the machine of this process, as NAME=VALUE.
func Variables() (all []string) {
	for _, name := range []string{"LD_LIBRARY_PATH", machineVariable, countsVariable} {
		all = append(all, name+"="+os.Getenv(name))
	}
	return all
}

// Times is how often something is done: so often on the CPU, and less often on any other device, where a stand-in takes its time for
// each, and where what the CPU has shown to hold is to be shown to hold there, too.
func Times(onCPU, elsewhere int) int {
	if Device() == "cpu" {
		return onCPU
	}
	return elsewhere
}

// Here says whether this process runs on the stand-in, and not on a real GPU: for tests of what only the stand-in can tell.
func Here() bool { return os.Getenv(countsVariable) != "" }

// Machine is what the machine that is stood in for looks like. The zero value is one H100 with 4 GiB.
type Machine struct {
	Devices    int    // how many; 0: one
	Capability string // such as "7.5"
	Memory     int    // of each device, in MiB
	Driver     int    // CUDA's version that the driver serves: 12040 for 12.4
	Init       int    // what the driver answers when it is started; 100: there is no device
	Blind      bool   // CUDA's runtime sees no device, though the driver shows them
	Fault      int    // the number of the operator at which the device is lost
	Full       int    // the number of the operator behind which no memory is given out
	NCCL       int    // its version, 21300 for 2.13.0; less than 0: it is not there
	Refuse     bool   // the compiler of kernels refuses them
	NoCUDA     bool   // LibTorch is the one for CPUs alone
	Shuffle    int    // the seed by which streams go on by themselves; 0: all work is done as late as it may be
}

func (m Machine) String() string {
	var words []string
	for _, w := range []struct {
		name  string
		value int
	}{{"devices", m.Devices}, {"memory", m.Memory}, {"driver", m.Driver}, {"init", m.Init}, {"fault", m.Fault}, {"full", m.Full}, {"shuffle", m.Shuffle}, {"nccl", m.NCCL}} {
		if w.value != 0 {
			words = append(words, fmt.Sprintf("%s=%d", w.name, w.value))
		}
	}
	if m.Blind {
		words = append(words, "blind=1")
	}
	if m.Refuse {
		words = append(words, "refuse=1")
	}
	if m.Capability != "" {
		words = append(words, "capability="+m.Capability)
	}
	return strings.Join(words, " ")
}

// Environment is what a program needs to find the machine, as NAME=VALUE.
func (m Machine) Environment(t testing.TB) []string {
	t.Helper()
	folder, err := libraryFolder()
	if err != nil {
		t.Fatal(err)
	}
	libraries := withCUDA
	if m.NoCUDA {
		libraries = withoutCUDA
	}
	path := filepath.Join(folder, libraries)
	if m.NCCL < 0 {
		without := filepath.Join(t.TempDir(), "libraries")
		if err := beside(without, path, nccl); err != nil {
			t.Fatal(err)
		}
		path = without
	}
	environment := []string{
		"LD_LIBRARY_PATH=" + path, machineVariable + "=" + m.String(), countsVariable + "=" + filepath.Join(t.TempDir(), "counts"),
	}
	if m.Refuse { // what was compiled before is not at hand, either
		environment = append(environment, "XDG_CACHE_HOME="+t.TempDir())
	}
	return environment
}

// Run runs tests of the calling package again, by their names, in a process of their own that has the machine's first GPU for
// [Device]. Each of them must pass; to be skipped is not enough. Where tests run on a GPU already, that one is taken, once for
// the same tests: it has the capability and the haste that it has. A machine of another kind cannot be had there.
func Run(t *testing.T, m Machine, tests ...string) {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.v", "-test.run", "^("+strings.Join(tests, "|")+")$")
	if Device() == "cpu" {
		command.Env = append(os.Environ(), append(m.Environment(t), deviceVariable+"=cuda")...)
	} else if m.Capability, m.Shuffle = "", 0; m != (Machine{}) {
		t.Skipf("needs a machine that is stood in for: %v", m)
	} else if _, ran := onDevice.LoadOrStore(strings.Join(tests, " "), true); ran {
		t.Skipf("%s has run them", Device())
	}
	output, err := command.CombinedOutput()
	text := string(output)
	for _, name := range tests {
		if !strings.Contains(text, "--- PASS: "+name+" ") {
			t.Errorf("%s did not pass on the stand-in", name)
		}
	}
	if err != nil {
		t.Errorf("on the stand-in: %v", err)
	}
	if t.Failed() || Device() != "cpu" {
		t.Log(text)
	}
}

// onDevice remembers which tests have run on a GPU of this machine.
var onDevice sync.Map
