package torch

import "math"

// Regions makes an optimizer's steps on the CPU, where the host knows what each does: one call for neighbours in flat memory that are treated
// alike, and of LAMB for each parameter.
type Regions struct {
	rule Rule
	list []region
}

type region struct {
	Part

	value, grad, m, v, shadow *Tensor // views
}

// NewRegions prepares steps of the parts; it shares the memory of f, whose state and root it leaves alone.
func NewRegions(f Flat, r Rule, parts []Part) *Regions {
	u := &Regions{rule: r}
	for _, p := range parts {
		if last := len(u.list) - 1; last >= 0 && !r.LAMB && u.list[last].joins(p) {
			u.list[last].Count += p.Count
		} else {
			u.list = append(u.list, region{Part: p})
		}
	}
	for i := range u.list {
		r := &u.list[i]
		r.value, r.grad = f.Value.View(r.Begin, r.Count), f.Grad.View(r.Begin, r.Count)
		r.m, r.v = f.M.View(r.Moments, r.Count), f.V.View(r.Moments, r.Count)
		if f.Shadow != nil {
			r.shadow = f.Shadow.View(r.Begin, r.Count)
		}
	}
	return u
}

// joins says whether a part goes on with the region.
func (r region) joins(p Part) bool {
	return r.Begin+r.Count == p.Begin && r.Moments+r.Count == p.Moments && r.Decay == p.Decay && r.Rate == p.Rate
}

// Step makes one, of that number from 1 on, and clears the gradient, which is multiplied by factor first. LAMB's ends with the directions in
// the gradient's place: [Regions.Walk] goes them.
func (u *Regions) Step(rate, factor float64, number int64) {
	for _, r := range u.list {
		step := Step{
			LearningRate: rate * r.Rate, Beta1: u.rule.Beta1, Beta2: u.rule.Beta2, Eps: u.rule.Eps, Decay: r.Decay, Number: number, GradientScale: factor,
		}
		if u.rule.LAMB {
			directions(r.value, r.grad, r.m, r.v, step)
		} else {
			AdamW(r.value, r.grad, r.m, r.v, r.shadow, step)
		}
	}
}

// Walk is [Updater.Walk]: each parameter goes as far as it is long itself, times the learning rate.
func (u *Regions) Walk(rate float64, lengths []float64) {
	for i, r := range u.list {
		ratio := 1.0
		if value, direction := lengths[2*i], lengths[2*i+1]; r.Adapt && value > 0 && direction > 0 {
			ratio = math.Sqrt(value / direction)
		}
		walk(r.value, r.grad, r.shadow, rate*r.Rate*ratio)
	}
}

// Free releases the views.
func (u *Regions) Free() {
	if u == nil {
		return
	}
	for _, r := range u.list {
		FreeAll([]*Tensor{r.value, r.grad, r.m, r.v, r.shadow})
	}
}
