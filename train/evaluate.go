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
	m := newMeter(device)
	var values []Value
	err := torch.Run(func() error {
		defer m.free()
		for _, b := range batches {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			err := torch.Do(torch.Mode{Compute: compute, Device: device}, func(p *torch.Pass) error {
				out, err := task.Loss(p, b, 1)
				if err == nil {
					m.add(p, out.Measures[1:]) // without the loss of a batch: batches differ in what they hold
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		values = m.read()
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
