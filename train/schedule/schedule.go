package schedule

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gobert/internal/fault"
)

// Curve names the curve by which the rate falls after the warm-up.
type Curve string

// The curves. All but Constant and InverseSqrt end at the floor.
const (
	Linear      Curve = "linear"       // BERT's own
	Constant    Curve = "constant"     // stays at the peak
	Cosine      Curve = "cosine"       // half a wave
	OneSqrt     Curve = "one-sqrt"     // 1 - sqrt(x): steep at first; the cooldown of Haegele et al. 2024
	Polynomial  Curve = "polynomial"   // (1-x)^Power
	InverseSqrt Curve = "inverse-sqrt" // sqrt(warm-up / step): needs no end
	WSD         Curve = "wsd"          // warm-up, stable, decay: a trapezoid
)

// Curves lists all curves, in the order in which help should show them.
func Curves() []Curve {
	return []Curve{Linear, Constant, Cosine, OneSqrt, Polynomial, InverseSqrt, WSD}
}

// Schedule gives the learning rate of a step: it rises in a warm-up and then falls by a curve. The zero value of Kind is Linear.
//
//	s := schedule.Schedule{Kind: schedule.Linear, Peak: 1e-4, WarmupShare: 0.01}
//	rate := s.Rate(step, totalSteps, progress)
//
// Where the length of the run is known in steps, rates equal those of transformers' get_*_schedule functions, whose step counts
// from 0: with a warm-up the very first update has a rate of 0. A run whose end is set in tokens, in epochs or in time does not
// know its steps; it knows the share of it that is done, and the same curves are drawn over that, so that a run of two hours ends
// decayed like any other. Where a run has both kinds of end, the nearer one counts.
type Schedule struct {
	Kind        Curve   `json:"kind"`
	Peak        float64 `json:"peak"`                   // rate after the warm-up
	Floor       float64 `json:"floor,omitempty"`        // rate at the end
	WarmupSteps int64   `json:"warmup_steps,omitempty"` // updates; excludes WarmupShare
	WarmupShare float64 `json:"warmup_share,omitempty"` // of the run, 0..1
	Power       float64 `json:"power,omitempty"`        // of Polynomial; 0 means 1
	DecaySteps  int64   `json:"decay_steps,omitempty"`  // of WSD, at the end of the run; excludes DecayShare
	DecayShare  float64 `json:"decay_share,omitempty"`  // of WSD; 0 means DefaultDecayShare
	Decay       Curve   `json:"decay,omitempty"`        // of WSD: linear, cosine or one-sqrt; empty means one-sqrt
}

// DefaultDecayShare is the part of a run in which WSD decays: Haegele et al. 2024 find 10 to 20 % enough.
const DefaultDecayShare = 0.2

// Validate returns all faults at once.
func (s Schedule) Validate() error {
	f := fault.List{Area: "schedule: "}
	f.Expect(s.Kind == "" || slices.Contains(Curves(), s.Kind), "kind is %q: expected one of %s", s.Kind, curveNames(Curves()))
	f.Expect(s.Peak > 0 && !math.IsInf(s.Peak, 0), "the peak learning rate is %v: expected a positive number, such as 1e-4", s.Peak)
	f.Expect(s.Floor >= 0 && !math.IsInf(s.Floor, 0), "the floor of the learning rate is %v: expected 0 or more", s.Floor)
	f.Expect(!(s.Peak > 0 && s.Floor > s.Peak) || math.IsInf(s.Floor, 0), "the floor %v of the learning rate is above its peak %v", s.Floor, s.Peak)
	f.Expect(s.WarmupSteps >= 0, "the warm-up is %d steps: expected 0 or more", s.WarmupSteps)
	f.Expect(s.WarmupShare >= 0 && s.WarmupShare < 1, "the warm-up is %v of the run: expected a share from 0 to below 1", s.WarmupShare)
	f.Expect(s.WarmupSteps <= 0 || !(s.WarmupShare > 0), "the warm-up is given twice: %d steps and %v of the run: expected one of them", s.WarmupSteps, s.WarmupShare)
	f.Expect(s.Power >= 0 && !math.IsInf(s.Power, 0), "the power of the decay is %v: expected a positive number, such as 1 or 2", s.Power)
	f.Expect(!(s.Power > 0) || s.Kind == Polynomial, "a power is given but the curve is %s, which has none: %s has one", s.kind(), Polynomial)

	f.Expect(s.DecaySteps >= 0, "the decay is %d steps: expected 0 or more", s.DecaySteps)
	f.Expect(s.DecayShare >= 0 && s.DecayShare <= 1, "the decay is %v of the run: expected a share from 0 to 1", s.DecayShare)
	f.Expect(s.DecaySteps <= 0 || !(s.DecayShare > 0), "the decay is given twice: %d steps and %v of the run: expected one of them", s.DecaySteps, s.DecayShare)
	f.Expect(!(s.WarmupShare+s.DecayShare > 1), "warm-up (%v) and decay (%v) are more than the whole run", s.WarmupShare, s.DecayShare)
	decays := []Curve{Linear, Cosine, OneSqrt}
	f.Expect(s.Decay == "" || slices.Contains(decays, s.Decay), "the decay is %q: expected one of %s", s.Decay, curveNames(decays))
	f.Expect(s.Kind == WSD || s.DecaySteps == 0 && s.DecayShare == 0 && s.Decay == "", "a decay is given but the curve is %s, which decays all the time: %s has one", s.kind(), WSD)
	return f.Err()
}

// ValidateFor also holds the settings against a run's length in steps; 0 means that it is not known.
func (s Schedule) ValidateFor(totalSteps int64) error {
	err := s.Validate()
	switch {
	case totalSteps > 0 && s.WarmupSteps >= totalSteps:
		return errors.Join(err, fault.New("schedule: the warm-up of %d steps is as long as the whole run of %d", s.WarmupSteps, totalSteps).Advise("warm up for a share of the run, such as 0.1"))
	case totalSteps > 0 && s.WarmupSteps+s.DecaySteps > totalSteps:
		return errors.Join(err, fmt.Errorf("schedule: warm-up (%d steps) and decay (%d) are more than the whole run of %d", s.WarmupSteps, s.DecaySteps, totalSteps))
	}
	return err
}

func (s Schedule) kind() Curve { return cmp.Or(s.Kind, Linear) }

func curveNames(kinds []Curve) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}
