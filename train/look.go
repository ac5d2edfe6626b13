package train

import (
	"fmt"

	"gobert/internal/torch"
)

// queued is a step whose update stands in a GPU's queue, and the cursor before it.
type queued[C any] struct {
	number int64 // the optimizer's
	step   int64 // made before it
	cursor *C
}

// mostUnread is after how many steps the host looks at what became of them even if nothing is logged or saved.
const mostUnread = 4096

// ask remembers a step until its outcome is read.
func (t *Trainer[B, C]) ask() {
	if t.Device.IsCUDA() {
		t.unread = append(t.unread, queued[C]{t.optimizer.tried, t.state.Step, t.cursor})
	}
}

// A sight is what the host sees of the device when it looks.
type sight struct {
	OptimizerProgress
	sums []float64 // of measures
}

// look reads what became of the steps so far, before anything is told, measured or saved that rests on them. A step whose gradient
// was not finite is an error then, as it is at once on the CPU; whatever was asked of the device after it has changed nothing.
func (t *Trainer[B, C]) look() (s sight, err error) {
	err = torch.Run(func() error {
		state, sums := t.optimizer.board.read()
		s = sight{t.optimizer.progress(state), sums}
		return nil
	})
	if err != nil {
		return s, fmt.Errorf("train: after step %d: %w", t.state.Step, t.explain(err))
	}
	if r := s.Refused; r != nil {
		for _, a := range t.unread {
			if a.number == r.Step {
				return s, t.refused(a.step, a.cursor, &NotFiniteError{r.Norm})
			}
		}
	}
	t.unread = t.unread[:0]
	t.state.Scaler, t.state.Updates = s.Scaler, s.Updates
	return s, nil
}
