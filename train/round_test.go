package train

import (
	"math"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/heads"
	"gobert/internal/torch"
)

// TestRoundingRowsChangesNothing: rows that only round up their number leave loss and gradients as they are.
func TestRoundingRowsChangesNothing(t *testing.T) {
	model := smallModel(t, 2)
	store, err := bert.Flatten(model, torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	defer model.Bert.Close()
	if err := torch.Run(func() error {
		bert.Initialize(bert.Parameters(model), 0.02, 9)
		store.PrepareTraining()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b := &data.Batch{}
	for i := 0; len(b.IDs) < 700; i++ {
		if err := source(t).Append(b, 0, i); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.IDs)%64 == 0 || len(b.MaskedIDs)%64 == 0 {
		t.Fatalf("%d rows and %d masked rows need no rounding: the test would show nothing", len(b.IDs), len(b.MaskedIDs))
	}
	run := func(round bool) (loss float64, gradient []float32) {
		// Without dropout, whose masks in attention are numbered by the number of rows.
		mode := torch.Mode{Train: false, Grad: true, Many: round, Compute: torch.Float32, Seed: 3}
		err := torch.Do(mode, func(p *torch.Pass) error {
			store.ZeroGrads()
			in, err := model.Bert.Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets})
			if err != nil {
				return err
			}
			targets := heads.PretrainingTargets{Rows: b.MaskedRows, IDs: b.MaskedIDs}
			for _, label := range b.Next {
				targets.Next = append(targets.Next, int64(label))
			}
			out := model.Loss(p, in, targets, 1)
			p.Backward(out.Total, nil)
			loss, gradient = out.Total.Item(), torch.Values[float32](store.Grads)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return loss, gradient
	}
	wantLoss, want := run(false)
	gotLoss, got := run(true)
	if math.Abs(gotLoss-wantLoss) > 1e-6*wantLoss {
		t.Errorf("loss %v, want %v", gotLoss, wantLoss)
	}
	most := 0.0
	for i := range want {
		most = max(most, math.Abs(float64(want[i])))
	}
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-6*most {
			t.Fatalf("gradient %d is %v, want %v (the largest is %v)", i, got[i], want[i], most)
		}
	}
}
