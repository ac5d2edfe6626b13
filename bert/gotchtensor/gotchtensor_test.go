package gotchtensor

import (
	"testing"

	"github.com/sugarme/gotch/ts"

	"gobert/internal/torch"
)

func TestTensorsCrossWithoutACopy(t *testing.T) {
	err := torch.Do(torch.Mode{}, func(p *torch.Pass) error {
		ours := torch.From(p, []float32{1, 2, 3}, 3)
		theirs := Give(ours)
		ours.Fill(7)
		if got := theirs.Float64Values(); got[0] != 7 || got[2] != 7 {
			t.Errorf("gotch sees %v, want 7s", got)
		}
		theirs.MustDrop()
		if got := torch.Values[float32](ours); got[1] != 7 {
			t.Errorf("dropping gotch's handle harmed ours: %v", got)
		}
		x := ts.MustOfSlice([]float32{4, 5})
		back := Take(x)
		defer back.Free()
		x.MustDrop()
		if got := torch.Values[float32](back); got[0] != 4 || got[1] != 5 {
			t.Errorf("we see %v, want 4 5", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
