// Package schedule gives the learning rate of a step: it rises in a warm-up and then falls by a curve.
//
//	s := schedule.Settings{Kind: schedule.Linear, Peak: 1e-4, WarmupShare: 0.01}
//	if err := s.Validate(); err != nil {
//		return err // all faults at once
//	}
//	rate := s.Rate(step, totalSteps, progress)
//
// Where the length of the run is known in steps, rates equal those of transformers' get_*_schedule functions, whose step
// counts from 0: with a warm-up the very first update has a rate of 0. A run whose end is set in tokens, in epochs or in
// time does not know its steps; it knows the share of it that is done, and the same curves are drawn over that, so that
// a run of two hours ends decayed like any other. Where a run has both kinds of end, the nearer one counts.
//
// # Files
//
//   - settings.go: Settings, Kind, Validate
//   - rate.go: the rate of a step: warm-up, then the curve
//   - curve.go: the curves' shapes
package schedule
