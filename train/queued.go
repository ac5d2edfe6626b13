package train

import "gobert/internal/torch"

// What follows is the optimizer on a GPU, whose steps stand in the device's queue and are read about later.

// prepare brings what steps need to where they are made, once.
func (o *Optimizer) prepare(trained []torch.Part) {
	rule := torch.Rule{
		LAMB: o.Kind == LAMB, Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Clip: o.ClipNorm, Share: 1 / float64(o.accumulate),
	}
	flat := torch.Flat{Value: o.store.Values, Grad: o.store.Grads, M: o.M, V: o.V, Shadow: o.store.Compute, State: o.board.optimizer}
	if !o.store.Device.IsCUDA() {
		o.regions = torch.NewRegions(flat, rule, trained)
		return
	}
	if o.known.Scaler.On {
		rule.Run = goodRun
	}
	o.root = torch.NewZeros(torch.Float32, o.store.Device)
	flat.Root = o.root
	o.updater = torch.NewUpdater(flat, rule, trained)
	o.restoreDevice()
}

// restoreDevice tells the device what is known here.
func (o *Optimizer) restoreDevice() {
	state := make([]float64, torch.StepNumbers)
	state[torch.StepScale], state[torch.StepGood] = o.known.Scaler.Factor, float64(o.known.Scaler.Good)
	state[torch.StepUpdates] = float64(o.known.Updates)
	there := torch.NewFrom(state, o.store.Device, torch.StepNumbers)
	defer there.Free()
	o.board.optimizer.CopyFrom(there, false)
	o.root.Fill(o.known.Scaler.Factor / float64(o.accumulate))
}

// progress reads what the device knows from a copy of the board.
func (o *Optimizer) progress(state []float64) OptimizerProgress {
	if o.updater == nil {
		return o.known
	}
	o.known.Updates, o.known.Norm = int64(state[torch.StepUpdates]), state[torch.StepNorm]
	o.known.Scaler.Factor, o.known.Scaler.Good = state[torch.StepScale], int(state[torch.StepGood])
	if step := int64(state[torch.StepRefused]); step > 0 {
		o.known.Refused = &Refusal{step, state[torch.StepRefusedNorm]}
	}
	return o.known
}
