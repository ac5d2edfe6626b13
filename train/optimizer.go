package train

import (
	"fmt"
	"math"

	"gobert/bert"
	"gobert/internal/torch"
)

// OptimizerKind names an update rule.
type OptimizerKind string

// The update rules.
const (
	AdamW OptimizerKind = "adamw" // Loshchilov and Hutter 2019
	LAMB  OptimizerKind = "lamb"  // You et al. 2020
)

// OptimizerSettings are the hyper-parameters that do not change during a run.
type OptimizerSettings struct {
	Kind        OptimizerKind `json:"optimizer"`
	Beta1       float64       `json:"beta1"`
	Beta2       float64       `json:"beta2"`
	Eps         float64       `json:"eps"`
	WeightDecay float64       `json:"weight_decay"`
	ClipNorm    float64       `json:"clip_norm"` // 0 does not clip
}

// DefaultOptimizer is what BERT was trained with (Devlin et al. 2019, appendix A.2; clipping as in its released code).
func DefaultOptimizer() OptimizerSettings {
	return OptimizerSettings{Kind: AdamW, Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, WeightDecay: 0.01, ClipNorm: 1}
}

// Validate names what is out of range.
func (s OptimizerSettings) Validate() error {
	switch {
	case s.Kind != AdamW && s.Kind != LAMB:
		return fmt.Errorf("optimizer %q is not known: expected %s or %s", s.Kind, AdamW, LAMB)
	case !(s.Beta1 >= 0 && s.Beta1 < 1) || !(s.Beta2 >= 0 && s.Beta2 < 1):
		return fmt.Errorf("beta1 %v and beta2 %v: expected numbers from 0 up to, but not including, 1", s.Beta1, s.Beta2)
	case !(s.Eps > 0):
		return fmt.Errorf("eps %v: expected a positive number", s.Eps)
	case !(s.WeightDecay >= 0):
		return fmt.Errorf("weight decay %v: expected 0 or more", s.WeightDecay)
	case !(s.ClipNorm >= 0):
		return fmt.Errorf("clip norm %v: expected 0 (no clipping) or more", s.ClipNorm)
	}
	return nil
}

// clipEps is what the reference's clip_grad_norm_ adds to the norm.
const clipEps = 1e-6

// Optimizer holds the moments of one store's parameters. It runs on the LibTorch thread.
type Optimizer struct {
	OptimizerSettings
	Steps int64         // made so far
	M, V  *torch.Tensor // fp32 [P]: first and second moment

	store   *bert.Store
	regions []region
}

// region is a run of parameters that are treated alike.
type region struct {
	from, count int64
	decay       float64
	rate        float64 // multiplies the learning rate
	adapt       bool    // LAMB's scaling
	sizes       []int64

	value, grad, m, v, copy *torch.Tensor // views
}

// NewOptimizer prepares the moments for a store whose training was prepared.
func NewOptimizer(store *bert.Store, s OptimizerSettings) (*Optimizer, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	n := store.Values.Numel()
	o := &Optimizer{OptimizerSettings: s, store: store}
	ready := false
	defer func() { // a device may have no room for them
		if !ready {
			o.Free()
		}
	}()
	o.M = torch.NewZeros(torch.Float32, store.Device, n)
	o.V = torch.NewZeros(torch.Float32, store.Device, n)
	o.divide()
	ready = true
	return o, nil
}

// divide makes regions of neighbours that are treated alike; frozen parameters belong to none.
func (o *Optimizer) divide() {
	var at int64
	for _, p := range o.store.Parameters {
		decayed := p.Kind.Decayed()
		decay := 0.0
		if decayed {
			decay = o.WeightDecay
		}
		n := p.Numel()
		if !p.Frozen {
			if last := len(o.regions) - 1; last >= 0 && o.regions[last].joins(at, decayed, p.LearningRate()) {
				o.regions[last].count += n
				o.regions[last].sizes = append(o.regions[last].sizes, n)
			} else {
				o.regions = append(o.regions, region{from: at, count: n, decay: decay, rate: p.LearningRate(), adapt: decayed, sizes: []int64{n}})
			}
		}
		at += n
	}
	for i := range o.regions {
		r := &o.regions[i]
		r.value, r.grad = o.store.Values.View(r.from, r.count), o.store.Grads.View(r.from, r.count)
		r.m, r.v = o.M.View(r.from, r.count), o.V.View(r.from, r.count)
		if o.store.Compute != nil {
			r.copy = o.store.Compute.View(r.from, r.count)
		}
	}
}

// joins says whether a parameter that begins at an element goes on with the region.
func (r region) joins(at int64, adapt bool, rate float64) bool {
	return r.from+r.count == at && r.adapt == adapt && r.rate == rate
}

// NotFiniteError says that a gradient has an infinite or undefined norm; nothing was updated.
type NotFiniteError struct{ Norm float64 }

// Error describes the fault.
func (e *NotFiniteError) Error() string { return fmt.Sprintf("the gradient's norm is %v", e.Norm) }

// Step updates the parameters and clears the gradients. scale is what the gradients were multiplied by (loss scaling; 1
// for none). It gives the gradient's norm before clipping, and refuses to update when that is not finite.
func (o *Optimizer) Step(learningRate, scale float64) (norm float64, err error) {
	norm = torch.Norm(o.store.Grads) / scale
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, &NotFiniteError{norm}
	}
	factor := 1 / scale
	if o.ClipNorm > 0 {
		factor *= min(1, o.ClipNorm/(norm+clipEps))
	}
	o.Steps++
	for _, r := range o.regions {
		step := torch.Step{LearningRate: learningRate * r.rate, Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: r.decay, Number: o.Steps, GradientScale: factor}
		if o.Kind == LAMB {
			torch.LAMB(r.value, r.grad, r.m, r.v, r.copy, r.sizes, r.adapt, step)
		} else {
			torch.AdamW(r.value, r.grad, r.m, r.v, r.copy, step)
		}
	}
	return norm, nil
}

// Free releases the moments.
func (o *Optimizer) Free() {
	for _, r := range o.regions {
		torch.FreeAll([]*torch.Tensor{r.value, r.grad, r.m, r.v, r.copy})
	}
	torch.FreeAll([]*torch.Tensor{o.M, o.V})
}
