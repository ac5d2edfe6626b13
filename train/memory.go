package train

import (
	"gobert/internal/fault"
	"gobert/internal/torch"
)

// noRoom says of a lack of memory that it was met before the first step.
func noRoom(err error) error {
	if !torch.IsOutOfMemory(err) {
		return err
	}
	return fault.New("train: the model, its gradient and the optimizer's moments do not fit: %w", err).Advise("a smaller model, or {freeze}")
}

// explain adds to a lack of memory what can be done about it.
func (t *Trainer[B, C]) explain(err error) error {
	if !torch.IsOutOfMemory(err) {
		return err
	}
	hint := "half the batch with twice {accumulate} gives the same updates"
	if !t.GradientCheckpoint {
		hint += ", or {gradient-checkpoint}"
	}
	if t.Device.IsCUDA() && t.compute == torch.Float32 {
		hint += ", or {compute} bf16"
	}
	return fault.New("out of memory, with %d MiB held: %w", t.Device.Held()>>20, err).Advise(hint)
}
