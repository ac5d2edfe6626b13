package train

import (
	"gobert/internal/parts"
	"gobert/internal/torch"
)

// region is a run of parameters that the CPU's optimizer treats alike.
type region struct {
	from, count int64
	decay       float64
	rate        float64 // multiplies the learning rate
	adapt       bool    // LAMB's scaling
	sizes       []int64

	value, grad, m, v, copy *torch.Tensor // views
}

// divide makes regions of neighbours that are treated alike, of what this process updates; frozen parameters belong to none.
func (o *Optimizer) divide(shares []parts.Share) {
	for _, share := range shares {
		first := len(o.regions)
		for _, p := range o.parts() {
			begin, end := max(p.Begin, share.At), min(p.Begin+p.Count, share.At+share.N)
			if p.Begin, p.Count = begin, end-begin; p.Count <= 0 {
				continue
			}
			if last := len(o.regions) - 1; last >= first && o.regions[last].joins(p) {
				o.regions[last].count += p.Count
				o.regions[last].sizes = append(o.regions[last].sizes, p.Count)
			} else {
				o.regions = append(o.regions, region{from: p.Begin, count: p.Count, decay: p.Decay, rate: p.Rate, adapt: p.Adapt, sizes: []int64{p.Count}})
			}
		}
		for i := range o.regions[first:] {
			r := &o.regions[first+i]
			moments := share.Moments + r.from - share.At
			r.value, r.grad = o.store.Values.View(r.from, r.count), o.store.Grads.View(r.from, r.count)
			r.m, r.v = o.M.View(moments, r.count), o.V.View(moments, r.count)
			if o.store.Compute != nil {
				r.copy = o.store.Compute.View(r.from, r.count)
			}
		}
	}
}

// parts lists the parameters that are trained, in the order of memory. Biases and norms are neither decayed nor adapted.
func (o *Optimizer) parts() (list []torch.Part) {
	var at int64
	for _, p := range o.store.Parameters {
		if n := p.Numel(); !p.Frozen {
			part := torch.Part{Begin: at, Count: n, Rate: p.LearningRate(), Adapt: p.Kind.Decayed()}
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
	return r.from+r.count == p.Begin && r.adapt == p.Adapt && r.rate == p.Rate
}

// update makes the present step's update, the gradient being multiplied by factor first.
func (r region) update(o *Optimizer, factor float64) {
	step := torch.Step{
		LearningRate: o.rate * r.rate, Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: r.decay, Number: o.known.Updates, GradientScale: factor,
	}
	if o.Kind == LAMB {
		torch.LAMB(r.value, r.grad, r.m, r.v, r.copy, r.sizes, r.adapt, step)
	} else {
		torch.AdamW(r.value, r.grad, r.m, r.v, r.copy, step)
	}
}
