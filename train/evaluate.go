package train

import (
	"context"

	"gobert/data"
	"gobert/heads"
	"gobert/internal/torch"
)

// EvaluatePretraining measures both tasks over batches, without dropout. Each measure is the mean over what it is a mean of:
// masked tokens, sequences; loss is the sum of both tasks' losses.
func EvaluatePretraining(ctx context.Context, model *heads.Pretraining, device torch.Device, compute torch.DType, batches []*data.Batch) ([]Value, error) {
	task := &Pretraining{Model: model}
	var values []Value
	err := torch.Run(func() error {
		b := newBoard(device)
		defer b.free()
		m := newMeter(b.measures)
		for _, batch := range batches {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			err := torch.Do(torch.Mode{Compute: compute, Device: device}, func(p *torch.Pass) error {
				out, err := task.Loss(p, batch, 1)
				if err == nil {
					m.add(out.Measures[1:]) // without the loss of a batch: batches differ in what they hold
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
	total := Value{Name: "loss"}
	for _, v := range values {
		if v.Name == "mlm_loss" || v.Name == "nsp_loss" {
			total.Value += v.Value
		}
	}
	return append([]Value{total}, values...), err
}
