package train

import (
	"context"

	"gobert/internal/torch"
)

// Evaluate gives the means of a task's measures over batches, without dropout: each is over all that it is a mean of.
func Evaluate[B any](ctx context.Context, task Task[B], device torch.Device, compute torch.DType, batches []B) (values []Value, err error) {
	err = torch.Run(func() error {
		b := newBoard(device)
		defer b.free()
		m := newMeter(b.measures)
		for _, batch := range batches {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			err := torch.Do(torch.Mode{Many: true, Compute: compute, Device: device}, func(p *torch.Pass) error {
				out, err := task.Loss(p, batch, 1)
				if err == nil {
					m.add(out.Measures)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		_, sums := b.read()
		values = m.read(sums)
		return nil
	})
	return values, err
}
