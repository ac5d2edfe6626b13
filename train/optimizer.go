package train

import "fmt"

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

// NotFiniteError says that a gradient has an infinite or undefined norm; nothing was updated.
type NotFiniteError struct{ Norm float64 }

// Error describes the fault.
func (e *NotFiniteError) Error() string { return fmt.Sprintf("the gradient's norm is %v", e.Norm) }
