package train

import "gobert/internal/torch"

// A board is a row of numbers on the device, fp64, which steps write and the host reads with one copy when a report is due: what
// the optimizer knows, and behind it the sums of measures.
type board struct{ all, optimizer, measures *torch.Tensor }

// measureRoom is how many measures a run may have.
const measureRoom = 32

func newBoard(device torch.Device) *board {
	all := torch.NewZeros(torch.Float64, device, torch.StepNumbers+measureRoom)
	return &board{all, all.View(0, torch.StepNumbers), all.View(torch.StepNumbers, measureRoom)}
}

// read waits for the device.
func (b *board) read() (optimizer, measures []float64) {
	numbers := torch.Values[float64](b.all)
	return numbers[:torch.StepNumbers], numbers[torch.StepNumbers:]
}

func (b *board) free() {
	if b != nil {
		torch.FreeAll([]*torch.Tensor{b.optimizer, b.measures, b.all})
	}
}
