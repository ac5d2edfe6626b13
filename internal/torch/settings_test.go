package torch

import (
	"runtime"
	"strings"
	"testing"
)

func TestProcessSettings(t *testing.T) {
	for name, set := range map[string]func(bool) error{"deterministic": SetDeterministic, "tf32": SetTF32} {
		for _, on := range []bool{true, false} {
			if err := set(on); err != nil {
				t.Errorf("%s %v: %v", name, on, err)
			}
		}
	}
	if err := SetThreads(0); err == nil {
		t.Error("0 threads were accepted")
	}
	before := Threads()
	if err := SetThreads(1); err != nil || Threads() != 1 {
		t.Errorf("threads %d: %v", Threads(), err)
	}
	if err := SetThreads(before); err != nil {
		t.Error(err)
	}
}

func TestCUDAThatIsNotThereIsExplained(t *testing.T) {
	if CUDAProblem() == nil {
		t.Skip("this machine has CUDA")
	}
	for _, name := range []string{"cuda", "cuda:3"} {
		_, err := ParseDevice(name)
		if err == nil || !strings.Contains(err.Error(), "CUDA cannot be used: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d, err := ParseDevice("auto"); err != nil || d != CPU {
		t.Errorf("auto is %v: %v", d, err)
	}
}

func TestMoreThreadsThanCoresAreTold(t *testing.T) {
	if text := Crowded(runtime.NumCPU()); text != "" {
		t.Errorf("a thread for each core: %q", text)
	}
	if text := Crowded(runtime.NumCPU() + 1); !strings.Contains(text, "fewer are faster") {
		t.Errorf("one thread more: %q", text)
	}
}
