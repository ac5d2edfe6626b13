package scripts

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/internal/torch/standin"
)

// result is a line of results.jsonl, as far as the test reads it.
type result struct {
	Step  string `json:"step"`
	Error string `json:"error"`
	Note  string `json:"note"`
	OK    *bool  `json:"ok"`
}

// rehearse runs gpu-day.sh on the stand-in, with programs from a folder, and gives its results by their steps.
func rehearse(t *testing.T, programs string, m standin.Machine, arguments ...string) (results map[string][]result, code int) {
	t.Helper()
	out := t.TempDir()
	environment := m.Environment(t)
	const paths = "LD_LIBRARY_PATH="
	libraries := strings.TrimPrefix(environment[slices.IndexFunc(environment, func(e string) bool { return strings.HasPrefix(e, paths) })], paths)
	cmd := exec.Command("./gpu-day.sh", append([]string{"--rehearse", "--minutes", "60", "--programs", programs, "--libtorch", libraries, "--out", out}, arguments...)...)
	cmd.Env = append(os.Environ(), append(environment, "PYTHON=python3")...)
	said, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile(filepath.Join(out, "results.jsonl"))
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	results = map[string][]result{}
	for line := range bytes.Lines(lines) {
		var r result
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		results[r.Step] = append(results[r.Step], r)
	}
	t.Logf("%s", said)
	return results, cmd.ProcessState.ExitCode()
}

// TestGPUDay rehearses the script of the GPU day where the GPU is stood in for: every step gives its results, and what is wrong
// is counted and stops nothing.
func TestGPUDay(t *testing.T) {
	if os.Getenv("GOBERT_LIBTORCH") == "" {
		t.Skip("LibTorch is not set up in this shell")
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("needs python3, which runs the steps")
	}
	parts, err := filepath.Glob("gpu/*.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range append(parts, "gpu-day.sh", "gpu-bundle.sh") { // so that Go knows what a kept result depends on
		if _, err := os.ReadFile(part); err != nil {
			t.Fatal(err)
		}
	}
	programs := filepath.Join(t.TempDir(), "gpu")
	if said, err := exec.Command("./gpu-bundle.sh", "--plain", programs, "internal/torch", "heads").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Run("all steps", func(t *testing.T) {
		results, code := rehearse(t, programs, standin.Machine{})
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
		for step, rows := range results {
			for _, r := range rows {
				if r.Error != "" || r.OK != nil && !*r.OK {
					t.Errorf("%s: %+v", step, r)
				}
			}
		}
		for _, step := range []string{
			"machine", "doctor", "correctness", "ceilings", "speed, a step of pretraining", "profile, operators", "soak, memory", "soak, loss",
			"kill and resume", "speed, a step of answering questions", "fine-tuning", "done",
		} {
			if len(results[step]) == 0 {
				t.Errorf("%s has no result", step)
			}
		}
		if left := results["ranks"]; len(left) != 1 || !strings.Contains(left[0].Note, "this machine has 1 GPU, ") {
			t.Errorf("several ranks on one GPU: %+v", left)
		}
	})
	t.Run("two GPUs", func(t *testing.T) {
		results, code := rehearse(t, programs, standin.Machine{Devices: 2}, "--only", "ranks")
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
		for step, least := range map[string]int{"doctor of ranks": 2, "ranks": 2} {
			if rows := results[step]; len(rows) < least || slices.ContainsFunc(rows, func(r result) bool { return r.OK == nil || !*r.OK }) {
				t.Errorf("%s: %+v", step, rows)
			}
		}
	})
	t.Run("a GPU that cannot be used", func(t *testing.T) {
		results, code := rehearse(t, programs, standin.Machine{Driver: 12040})
		if code != 1 || len(results["machine"]) == 0 || len(results["speed"]) != 0 {
			t.Errorf("exit code %d, results %+v", code, results)
		}
		if failed := func(r result) bool { return strings.Contains(r.Error, "too old") }; !slices.ContainsFunc(results["machine"], failed) {
			t.Errorf("the driver is not said to be too old: %+v", results)
		}
	})
	t.Run("a step that fails", func(t *testing.T) {
		results, code := rehearse(t, programs, standin.Machine{Memory: 2}, "--only", "speed,questions")
		if code != 1 {
			t.Errorf("exit code %d, want 1", code)
		}
		if failed := func(r result) bool { return strings.Contains(r.Error, "out of memory") }; !slices.ContainsFunc(results["speed"], failed) {
			t.Errorf("2 MiB of memory were enough: %+v", results)
		}
		if len(results["done"]) != 1 {
			t.Errorf("the day did not go on: %+v", results)
		}
	})
}
