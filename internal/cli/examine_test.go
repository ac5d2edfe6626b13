package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestThisMachineIsHealthy(t *testing.T) {
	r, err := examine("cpu")
	if err != nil {
		t.Fatal(err)
	}
	if !r.Healthy || len(r.Tests) < 5 {
		t.Fatalf("report: %+v", r)
	}
	var text bytes.Buffer
	if err := r.print(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"LibTorch", "2.11.0", "matrix product bf16", "All is well"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, text.String())
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestFailedTestsBecomeProblems(t *testing.T) {
	r := health{LibTorch: "2.1.0", Cores: 2, Threads: 2, Tests: []selfTest{{Name: "gradient", Device: "cpu", Detail: "wrong"}}}
	r.judge()
	if r.Healthy || len(r.Problems) != 2 {
		t.Fatalf("problems: %+v", r.Problems)
	}
	for _, p := range r.Problems {
		if p.Hint == "" {
			t.Errorf("no hint for %q", p.What)
		}
	}
}

func TestUnknownDeviceIsNamed(t *testing.T) {
	for _, device := range []string{"gpu", "cuda:x", "cuda:-1", ""} {
		if _, err := examine(device); err == nil || !strings.Contains(err.Error(), "expected") {
			t.Errorf("device %q: %v", device, err)
		}
	}
}
