package train

import "gobert/internal/torch"

// region is a run of parameters that the CPU's optimizer treats alike.
type region struct {
	torch.Part
	sizes []int64

	value, grad, m, v, copy *torch.Tensor // views
}

// divide makes regions of neighbours that are treated alike, of what this process updates; frozen parameters belong to none.
func (o *Optimizer) divide(trained []torch.Part) {
	for _, p := range trained {
		if last := len(o.regions) - 1; last >= 0 && o.regions[last].joins(p) {
			o.regions[last].Count += p.Count
			o.regions[last].sizes = append(o.regions[last].sizes, p.Count)
		} else {
			o.regions = append(o.regions, region{Part: p, sizes: []int64{p.Count}})
		}
	}
	for i := range o.regions {
		r := &o.regions[i]
		r.value, r.grad = o.store.Values.View(r.Begin, r.Count), o.store.Grads.View(r.Begin, r.Count)
		r.m, r.v = o.M.View(r.Moments, r.Count), o.V.View(r.Moments, r.Count)
		if o.store.Compute != nil {
			r.copy = o.store.Compute.View(r.Begin, r.Count)
		}
	}
}

// parts lists the parameters that are trained, in the order of memory. Biases and norms are neither decayed nor adapted.
func (o *Optimizer) parts() (list []torch.Part) {
	var at int64
	for _, p := range o.store.Parameters {
		if n := p.Numel(); !p.Frozen {
			part := torch.Part{Begin: at, Moments: at, Count: n, Rate: p.LearningRate(), Adapt: p.Kind.Decayed()}
			if part.Adapt {
				part.Decay = o.WeightDecay
			}
			list = append(list, part)
		}
		at += p.Numel()
	}
	return list
}

// joins says whether a parameter goes on with the region.
func (r region) joins(p torch.Part) bool {
	return r.Begin+r.Count == p.Begin && r.Moments+r.Count == p.Moments && r.Adapt == p.Adapt && r.Rate == p.Rate
}

// update makes the present step's update, the gradient being multiplied by factor first.
func (r region) update(o *Optimizer, factor float64) {
	step := torch.Step{
		LearningRate: o.rate * r.Rate, Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: r.Decay, Number: o.known.Updates, GradientScale: factor,
	}
	if o.Kind == LAMB {
		torch.LAMB(r.value, r.grad, r.m, r.v, r.copy, r.sizes, r.Adapt, step)
	} else {
		torch.AdamW(r.value, r.grad, r.m, r.v, r.copy, step)
	}
}
