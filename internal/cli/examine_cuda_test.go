package cli

import (
	"strings"
	"testing"

	"gobert/internal/torch/standin"
)

// TestOnCUDA: the report of a machine with GPUs, and of one whose GPU cannot be used.
func TestOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{Devices: 2, Capability: "8.6"}, "TestGPUsAreExamined")
	standin.Run(t, standin.Machine{Driver: 12040}, "TestGPUThatIsNotUsedIsAProblem")
}

func TestGPUsAreExamined(t *testing.T) {
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it")
	}
	r, err := examine("auto")
	if err != nil {
		t.Fatal(err)
	}
	if !r.Healthy || r.CUDA != "" || len(r.GPUs) != 2 || r.GPUs[1].Capability != "8.6" || r.GPUs[1].Device != "cuda:1" {
		t.Errorf("report: %+v", r)
	}
	var text strings.Builder
	if err := r.print(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"attention fp32  cuda:0: memory-efficient (tiny, mini, ", "attention bf16  cuda:1: flash (tiny, mini, ", "matrix product bf16 on cuda:0: passed",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, text.String())
		}
	}
}

func TestGPUThatIsNotUsedIsAProblem(t *testing.T) {
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it")
	}
	r, err := examine("auto")
	if err != nil {
		t.Fatal(err)
	}
	if r.Healthy || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].What, "too old") || !strings.Contains(r.Problems[0].Hint, "newer driver") {
		t.Errorf("problems: %+v", r.Problems)
	}
}
