package schedule

import (
	"cmp"
	"math"
)

// inverseScale is the warm-up that InverseSqrt reckons with where there is none, as in get_inverse_sqrt_schedule.
const inverseScale = 10_000

// curve returns the rate behind the warm-up. The order of operations is that of transformers, for equal bits.
func (s Schedule) curve(at point) float64 {
	switch s.kind() {
	case Constant:
		return s.Peak
	case InverseSqrt:
		scale := cmp.Or(at.warm, inverseScale)
		factor := 1 / math.Sqrt((at.step+scale-at.warm)/scale)
		return max(s.Peak*factor, s.Floor)
	case Polynomial:
		decay := (s.Peak-s.Floor)*math.Pow(1-at.done, cmp.Or(s.Power, 1)) + s.Floor
		return s.Peak * (decay / s.Peak)
	case WSD:
		return s.Peak * s.floored(shape(cmp.Or(s.Decay, OneSqrt), s.decayed(at)))
	case Linear:
		return s.Peak * s.floored(max(0, at.left))
	default:
		return s.Peak * s.floored(shape(s.kind(), at.done))
	}
}

// shape falls from 1 to 0 while x grows from 0 to 1.
func shape(k Curve, x float64) float64 {
	switch k {
	case Cosine:
		return 0.5 * (1 + math.Cos(math.Pi*x))
	case OneSqrt:
		return 1 - math.Sqrt(x)
	default:
		return max(0, 1-x)
	}
}

// floored lifts a factor so that it ends at the floor.
func (s Schedule) floored(factor float64) float64 {
	if s.Floor == 0 {
		return max(0, factor)
	}
	least := s.Floor / s.Peak
	return max(0, factor*(1-least)+least)
}

// decayed is the share of a trapezoid's decay that is done; 0 before it begins.
func (s Schedule) decayed(at point) float64 {
	if at.rest == 0 {
		return 0
	}
	decay := float64(s.DecaySteps)
	if decay == 0 {
		decay = math.Ceil(cmp.Or(s.DecayShare, DefaultDecayShare) * (at.warm + at.rest))
	}
	decay = min(max(decay, 1), at.rest)
	gone := at.gone - (at.rest - decay)
	return min(max(gone/decay, 0), 1)
}
