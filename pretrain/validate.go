package pretrain

import (
	"errors"

	"gobert/internal/fault"
	"gobert/internal/settings"
)

// Check returns all faults that the configuration shows by itself, each naming its setting. (A method Validate would be called by the
// parser, which stops at the first struct that complains.)
func (c *Config) Check() error {
	faults := []error{settings.Check(c), c.Config.Check()}
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fault.Usage(format, args...))
		}
	}
	if c.Steps == 0 && c.Tokens == 0 && c.Epochs == 0 && c.Budget == 0 {
		faults = append(faults, fault.Usage("the run has no end").Advise("give {steps}, {tokens}, {epochs} or {budget}"))
	}
	if c.Data == "" {
		faults = append(faults, fault.Usage("{data} is missing").Advise("a folder that 'pretrain data' made"))
	}
	add(c.Model == "", "{model} is missing")
	add(c.Batch == 0 && c.BatchTokens == 0, "{batch} is 0: expected 1 or more sequences (or 0 with {batch-tokens})")
	const least = 5
	add(c.Length < least, "{seq-length} is %d: expected at least %d tokens ([CLS] a [SEP] b [SEP])", c.Length, least)
	add(c.BatchTokens > 0 && c.BatchTokens < c.longest(), "{batch-tokens} is %d: expected at least one sequence of %d", c.BatchTokens, c.longest())
	add(c.RampFrom != 0 && c.RampFrom >= c.Batch, "{ramp-from} is %d: expected 1 to below {batch} (%d)", c.RampFrom, c.Batch)
	if c.SecondLength != 0 {
		add(c.SecondLength <= c.Length, "{second-length} is %d: expected more than {seq-length} (%d)", c.SecondLength, c.Length)
		add(c.RampFrom != 0 && c.RampShare >= 1-c.SecondShare, "{ramp-share} (%v) and {second-share} (%v) leave nothing between them", c.RampShare, c.SecondShare)
	}
	add(c.MaskProb+c.RandomProb > 1+1e-9, "{mask-prob} and {random-prob} together are %v: expected 0 to 1", c.MaskProb+c.RandomProb)
	for name, rate := range map[string]float64{"dropout": c.Dropout, "attention-dropout": c.AttentionDropout} {
		add(rate > -1 && rate < 0, "{"+name+"} is %v: expected 0 to below 1, or -1 for the model's own", rate)
	}
	add(c.CUDAGraphs == "on" && c.GradientCheckpoint, "{cuda-graphs} on and {gradient-checkpoint} do not go together: what is computed again is not recorded")
	add(c.CUDAGraphs == "on" && c.Parts > 0, "{cuda-graphs} on and {parts} do not go together: parts are launched one by one")
	return errors.Join(faults...)
}
