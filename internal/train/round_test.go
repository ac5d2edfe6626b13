package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"gobert/bert"
	"gobert/data"
	"gobert/heads"
	"gobert/internal/torch"
)

// TestRoundingRowsChangesNothing: rows that only round up their number leave loss and gradients as they are.
func TestRoundingRowsChangesNothing(t *testing.T) {
	config := bert.DefaultConfig()
	config.VocabSize, config.HiddenSize, config.NumLayers, config.NumHeads, config.IntermediateSize, config.MaxPositions = 101, 32, 2, 4, 64, 24
	model, err := heads.NewPretraining(config)
	if err != nil {
		t.Fatal(err)
	}
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
	if len(b.IDs)%bert.RoundRows == 0 || len(b.MaskedIDs)%bert.RoundRows == 0 {
		t.Fatalf("%d rows and %d masked rows need no rounding: the test would show nothing", len(b.IDs), len(b.MaskedIDs))
	}
	run := func(round bool) (loss float64, gradient []float32) {
		// Without dropout, whose masks in attention are numbered by the number of rows.
		mode := torch.Mode{Train: false, Grad: true, Compute: torch.Float32, Seed: 3}
		err := torch.Do(mode, func(p *torch.Pass) error {
			store.ZeroGrads()
			in, err := config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets, Round: round})
			if err != nil {
				return err
			}
			rows, ids := b.MaskedRows, b.MaskedIDs
			if round {
				rows, ids = roundMasked(p, rows, ids, len(b.IDs))
			}
			next := make([]int64, len(b.Next))
			for i, label := range b.Next {
				next[i] = int64(label)
			}
			out := model.Loss(p, in, heads.PretrainingTargets{
				Rows: torch.From(p, rows, int64(len(rows))), IDs: torch.From(p, ids, int64(len(ids))), Next: torch.From(p, next, int64(len(next))),
			}, 1)
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

func TestRoundedRowsStayAscendingAndDistinct(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var rows, ids []int32
		tokens := 100 + r.IntN(900)
		for row := range int32(tokens) {
			if r.IntN(3) == 0 {
				rows, ids = append(rows, row), append(ids, 7)
			}
		}
		gotRows, gotIDs := roundMasked(&torch.Pass{}, rows, ids, tokens)
		if len(rows) >= bert.RoundRows && len(gotRows)%bert.RoundRows != 0 {
			t.Fatalf("%d of %d rows became %d", len(rows), tokens, len(gotRows))
		}
		asked := 0
		for i, row := range gotRows {
			if i > 0 && row <= gotRows[i-1] || int(row) >= tokens {
				t.Fatalf("row %d follows %d of %d tokens", row, gotRows[max(i-1, 0)], tokens)
			}
			if gotIDs[i] >= 0 {
				if row != rows[asked] {
					t.Fatalf("row %d is asked for, want %d", row, rows[asked])
				}
				asked++
			}
		}
		if asked != len(rows) {
			t.Fatalf("%d rows are asked for, want %d", asked, len(rows))
		}
	}
}
