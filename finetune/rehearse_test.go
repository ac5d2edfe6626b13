package finetune

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/data/labelled/features"
	"gobert/internal/disk"
	"gobert/internal/torch"
	"gobert/task"
	"gobert/train/run"
)

// TestRehearsalChangesNothing: with it a run ends with the same bits.
func TestRehearsalChangesNothing(t *testing.T) {
	model, folder := filepath.Join(t.TempDir(), "tiny"), t.TempDir()
	tiny(t, model)
	var all [2]string
	for i, rehearse := range []bool{false, true} {
		j := job(model, filepath.Join(folder, "run"+strings.Repeat("2", i)))
		j.Steps, j.Rehearse, j.Compute = 6, rehearse, "fp16"
		lora(&j)
		if _, err := Train(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		all[i] = strings.ReplaceAll(outcome(t, j.Out), "run2", "run")
	}
	if all[0] != all[1] {
		t.Error("a run that was rehearsed ended otherwise")
	}
}

// TestRehearsalFindsWhatWouldComeLater: weights that are no numbers end a run before its first step, and nothing is left of it.
func TestRehearsalFindsWhatWouldComeLater(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	m, err := task.Open(t.Context(), model, task.Options{Kind: task.Of("classify"), Labels: job("", "").Data.Labels})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := torch.Run(func() error {
		for _, p := range bert.Parameters(m.Network) {
			if strings.HasSuffix(p.Name, "layer.1.output.dense.bias") {
				p.Value.Fill(math.NaN())
			}
		}
		return bert.Write(m.Network, model, bert.SaveOptions{})
	}); err != nil {
		t.Fatal(err)
	}
	j := job(model, filepath.Join(t.TempDir(), "run"))
	j.Rehearse = true
	if _, err := Train(t.Context(), j); err == nil || !strings.Contains(err.Error(), "rehearsing a step with") || !strings.Contains(err.Error(), "before any update") {
		t.Errorf("got %v", err)
	}
	if disk.IsThere(j.Out) {
		t.Error("the folder stays")
	}
}

// TestTheLargestBatchIsFound: none of the run has more tokens, and the pass that is tried of dev has its longest features.
func TestTheLargestBatchIsFound(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	j := job(model, filepath.Join(t.TempDir(), "run"))
	j.Data.Train.Examples[17].Text = strings.Repeat("good ", 20)
	j.Steps, j.Accumulate = 7, 2
	r, err := run.Claim[*features.Batch, data.Cursor](&j.Config, j.Talk)
	if err != nil {
		t.Fatal(err)
	}
	a := &training{Run: r, job: &j, data: j.fingerprint()}
	err = a.Do(t.Context(), a.find, a.open, a.encode, a.plan, a.begin, func(ctx context.Context) error {
		got, err := a.largest(ctx)
		if err != nil {
			return err
		}
		most, batches := 0, make(map[int]bool)
		feed, err := a.feed(ctx)
		if err != nil {
			return err
		}
		defer feed.Close()
		for range 14 {
			b, _, err := feed.Next(ctx)
			if err != nil {
				return err
			}
			most, batches[b.Tokens()] = max(most, b.Tokens()), true
		}
		if got.Tokens() != most || got.Len() != j.Batch || len(batches) < 2 {
			t.Errorf("%d sequences of %d tokens, the largest batch has %d, of %v", got.Len(), got.Tokens(), most, batches)
		}
		whole := longest(a.dev, math.MaxInt)
		if one := longest(a.dev, 1); one.Len() != 1 || whole.Len() != a.dev.All.Len() || one.Tokens() != whole.Length(0) || whole.Length(0) < whole.Length(whole.Len()-1) {
			t.Errorf("dev: %d and %d features, of %d", one.Len(), whole.Len(), one.Tokens())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
