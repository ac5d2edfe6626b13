package pretrain

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/internal/record"
	"gobert/internal/testkit"
	"gobert/internal/torch/standin"
	"gobert/train"
)

// ended is everything of a run that must not depend on interruptions: weights, moments, record, samples, best model.
func ended(t testing.TB, run string) string {
	t.Helper()
	folders, err := train.Checkpoints(run)
	if err != nil || len(folders) == 0 {
		t.Fatalf("no checkpoints: %v", err)
	}
	last := folders[len(folders)-1]
	var b strings.Builder
	for _, path := range []string{
		filepath.Join(last, "model.safetensors"), filepath.Join(last, "optimizer.safetensors"), filepath.Join(run, train.BestFolder, "model.safetensors"),
		filepath.Join(run, SamplesFile), filepath.Join(run, "model.safetensors"), filepath.Join(run, "README.md"),
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".md") {
			fmt.Fprintf(&b, "%s", regexp.MustCompile(` in [0-9.hms]+\.\n`).ReplaceAll(text, nil))
			continue
		}
		fmt.Fprintf(&b, "%s %d %08x\n", filepath.Base(path), len(text), crc32.ChecksumIEEE(text))
	}
	entries, err := record.Read(run)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range record.Lasting(entries) {
		b.Write(e.AppendLine(nil))
	}
	return b.String()
}

// killed is a run with everything that could go wrong on resume: dropout, accumulation, a ramp, two phases, evaluations and
// saves that do not fall on the same steps as lines of the record.
func killed(t testing.TB, data, out string) *Config {
	return config(t, data, out, "--steps", fmt.Sprint(standin.Times(testkit.Long(30, 60), 14)), "--accumulate", "2", "--ramp-from", "2", "--ramp-share", "0.3", "--second-length", "40",
		"--second-share", "0.3", "--log-every", "4", "--evaluate-every", "7", "--save-every", "5", "--resume", "auto")
}

// TestKilledRunEndsWithTheSameBits kills the process without warning, wherever it happens to be: weights, moments, record, samples
// and card are those of a run never killed, and no file is left beside them.
func TestKilledRunEndsWithTheSameBits(t *testing.T) {
	if out := os.Getenv("GOBERT_TEST_RUN"); out != "" {
		if _, err := Train(context.Background(), killed(t, os.Getenv("GOBERT_TEST_CORPUS"), out), quiet()); err != nil {
			t.Fatal(err)
		}
		return
	}
	data := newCorpus(t, 40)
	testkit.KilledRun{
		Command: func(out string) *exec.Cmd {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestKilledRunEndsWithTheSameBits$")
			cmd.Env = append(os.Environ(), "GOBERT_TEST_RUN="+out, "GOBERT_TEST_CORPUS="+data)
			return cmd
		},
		Outcome: func(t testing.TB, out string) string { return ended(t, out) + testkit.Listing(t, out) },
		Compare: func(want, got string) string { return cmp.Diff(want, got) },
	}.Again(t, testkit.Kills(standin.Times(3, 2)))
}

func TestInterruptedRunGoesOn(t *testing.T) {
	data := newCorpus(t, 40)
	goesOn(t, func(out string) *Config { return killed(t, data, out) })
}

// goesOn stops a run again and again, each time a little later, and compares it with one that is never stopped, whose folder it gives.
func goesOn(t *testing.T, run func(out string) *Config) (whole string, got Outcome) {
	t.Helper()
	whole, out := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "run") // the card has the name of the folder
	never := testkit.NewAsked(t, 0)
	got, err := Train(never, run(whole), quiet())
	if err != nil {
		t.Fatal(err)
	}
	stops, parts := int64(0), int64(standin.Times(8, 3))
	for {
		_, err := Train(testkit.NewAsked(t, (stops+1)*never.Times()/parts), run(out), quiet())
		if err == nil {
			break
		}
		if !errors.Is(err, train.ErrInterrupted) && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		stops++
	}
	if diff := cmp.Diff(ended(t, whole), ended(t, out)); diff != "" || stops == 0 {
		t.Errorf("interrupted %d times: %s", stops, diff)
	}
	t.Logf("interrupted %d times; the whole asks its context %d times", stops, never.Times())
	return whole, got
}
