package schedule

import "math"

// Rate returns the learning rate of an update. The step counts from 0. The total is that of the run's updates, 0 where it is
// not known. Progress is the share of the run that is done, 0 to 1, by whichever of its limits is nearest; it is all that
// counts where the total is 0.
func (s Schedule) Rate(step, totalSteps int64, progress float64) float64 {
	progress = min(max(progress, 0), 1)
	warm, done := s.position(step, totalSteps, progress)
	if warm < 1 {
		return s.Peak * warm
	}
	return s.curve(done)
}

// point is where a run stands.
type point struct {
	done float64 // share of what follows the warm-up that is done, 0 to 1
	left float64 // 1 - done, without the rounding of a subtraction
	gone float64 // updates since the warm-up
	step float64 // updates
	warm float64 // updates of the warm-up
	rest float64 // updates after the warm-up; 0 where nobody knows
}

// position returns the share of the warm-up that is done, and where the run stands behind it.
func (s Schedule) position(step, total int64, progress float64) (warm float64, at point) {
	warmup := s.WarmupSteps
	if total > 0 {
		if s.WarmupShare > 0 {
			warmup = int64(math.Ceil(float64(total) * s.WarmupShare)) // as TrainingArguments.get_warmup_steps
		}
		if step < warmup {
			return float64(step) / float64(warmup), at
		}
		rest := max(1, total-warmup)
		at = point{step: float64(step), warm: float64(warmup), rest: float64(rest), gone: float64(step - warmup)}
		at.done, at.left = at.gone/at.rest, float64(total-step)/at.rest
		other := s.byProgress(step, progress)
		if nearer := progress > (1+1e-9)*float64(step)/float64(total); nearer && other > at.done {
			at.reach(other) // another limit than the steps ends the run earlier
		}
		if at.done >= 1 {
			at.reach(1)
		}
		return 1, at
	}
	if s.WarmupShare > 0 && progress < s.WarmupShare {
		return progress / s.WarmupShare, at
	}
	if step < warmup {
		return float64(step) / float64(warmup), at
	}
	if s.WarmupShare > 0 && progress > 0 {
		warmup = int64(math.Round(s.WarmupShare / progress * float64(step)))
	}
	at = point{step: float64(step), warm: float64(warmup)}
	if progress > 0 {
		at.rest = max(1, at.step/progress-at.warm)
	}
	at.reach(s.byProgress(step, progress))
	return 1, at
}

// reach sets what is done.
func (p *point) reach(done float64) {
	p.done, p.left, p.gone = done, 1-done, done*p.rest
}

// byProgress is the share of what follows the warm-up that is done. Where the warm-up is counted in steps, its share of the
// run is estimated from the speed so far; at an even speed that is exact.
func (s Schedule) byProgress(step int64, progress float64) float64 {
	warm := s.WarmupShare
	if s.WarmupSteps > 0 {
		if step <= s.WarmupSteps {
			return 0
		}
		warm = progress * float64(s.WarmupSteps) / float64(step)
	}
	if warm >= 1 {
		return 1
	}
	return min(max((progress-warm)/(1-warm), 0), 1)
}
