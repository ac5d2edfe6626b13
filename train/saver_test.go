package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data"
	"gobert/internal/disk"
	"gobert/internal/torch"
)

// TestWritingsComeOneAfterAnother, and after one that failed none is begun.
func TestWritingsComeOneAfterAnother(t *testing.T) {
	var s saver
	var order []string
	failure := errors.New("the disk is full")
	gate := make(chan struct{})
	for i := range 4 {
		s.begin(fmt.Sprint(i), func() error {
			<-gate
			order = append(order, fmt.Sprint("written ", i))
			if i == 2 {
				return failure
			}
			return nil
		}, func() { order = append(order, fmt.Sprint("told ", i)) })
	}
	if err := s.ended(false); err != nil || !s.writing("0") || s.writing("4") {
		t.Errorf("nothing is written yet: %v", err)
	}
	close(gate)
	if err := s.ended(true); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	want := []string{"written 0", "written 1", "written 2", "told 0", "told 1"}
	slices.SortStableFunc(order, func(a, b string) int { return strings.Compare(b[:1], a[:1]) }) // they are told when somebody asks
	if !slices.Equal(order, want) {
		t.Errorf("got %q", order)
	}
	if err := s.ended(true); err != nil || s.writing("2") {
		t.Errorf("an error is told twice: %v", err)
	}
	lost := fmt.Errorf("step 3: %w", &torch.Error{Op: "sum", Message: "CUDA error: x"})
	s.begin("", func() error { return fmt.Errorf("saving: %w", &torch.Error{Op: "wait", Message: "CUDA error: x"}) }, nil)
	if err := s.endedAfter(lost); strings.Count(err.Error(), "CUDA error") != 1 {
		t.Errorf("a device is lost once: %v", err)
	}
	s.begin("", func() error { return failure }, nil)
	if err := s.endedAfter(lost); !errors.Is(err, failure) || !strings.Contains(err.Error(), "CUDA error") {
		t.Errorf("two errors: %v", err)
	}
}

// TestUpdatesWaitForTheCopies: an update behind a snapshot is not in it, whether the device comes to the one or to the other first;
// what was asked before it is.
func TestUpdatesWaitForTheCopies(t *testing.T) {
	model := smallModel(t, 1)
	trainer, err := New[*data.Batch, data.Cursor](&Pretraining{Model: model, Cost: free}, settings(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	if !device().IsCUDA() {
		t.Skip("for a GPU: TestOnCUDA runs it")
	}
	s := &trainer.saver
	for step := range int64(3) {
		if err := torch.Run(func() error {
			for i, x := range []*torch.Tensor{trainer.store.Values, trainer.optimizer.M, trainer.optimizer.V} {
				x.Fill(float64(10*int64(i) + step))
			}
			s.take(trainer.store, trainer.optimizer, step)
			if step%2 == 1 {
				if err := s.wait(); err != nil {
					return err
				}
			}
			trainer.store.Grads.Fill(1)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := torch.Do(torch.Mode{Device: device()}, func(p *torch.Pass) error {
			trainer.optimizer.SetRate(p, 0.1)
			return trainer.update()
		}); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(device().Synchronize(), s.wait()); err != nil {
			t.Fatal(err)
		}
		for i, x := range []*torch.Tensor{s.values, s.m, s.v} {
			for at, got := range torch.Values[float32](x) {
				if want := float32(10*int64(i) + step); got != want {
					t.Fatalf("step %d, tensor %d: element %d is %v, want %v", step, i, at, got, want)
				}
			}
		}
	}
}

// saved is the content of all checkpoints of a run, and of its best model.
func saved(t *testing.T, output string) string {
	t.Helper()
	folders, err := Checkpoints(output)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, folder := range folders {
		s, err := ReadState(folder)
		if err != nil {
			t.Fatal(err)
		}
		s.Elapsed, s.Settings.Output = 0, ""
		text, err := json.MarshalIndent(s, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s\n%s\n", filepath.Base(folder), text)
	}
	best, err := disk.Sums(t.Context(), []string{filepath.Join(output, BestFolder, "model.safetensors")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(all.String(), best)
}

// TestTrainingGoesOnWhileItIsSaved: what is saved is what was there at its step, whatever is trained meanwhile, and training does
// not wait for it.
func TestTrainingGoesOnWhileItIsSaved(t *testing.T) {
	if !device().IsCUDA() {
		t.Skip("for a GPU: TestOnCUDA runs it")
	}
	const saves, goesOn = 4, 6 // the first checkpoint's step, and the one that has to be reached before it is written
	run := func(waits bool) string {
		output := t.TempDir()
		s := settings(output)
		s.Steps, s.Keep, s.SaveEvery, s.EvaluateEvery = 14, 0, saves, saves
		trainer, done := begin(t, s)
		defer done()
		trainer.SaveWaits = waits
		reached := make(chan struct{})
		trainer.Rate = func(step int64, _ float64) float64 {
			if step == goesOn {
				close(reached)
			}
			return 1e-3
		}
		trainer.Decorate = func(best bool) func(string) error {
			held := !waits && trainer.State().Step == saves
			return func(string) error {
				if held {
					<-reached // or training waits for what is saved, and this test never ends
				}
				return nil
			}
		}
		if err := trainer.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		return saved(t, output)
	}
	if diff := cmp.Diff(run(true), run(false)); diff != "" {
		t.Errorf("saved while training waited, and while it went on: %s", diff)
	}
}
