package pretrain

// stage is a part of the run in which all batches are alike.
type stage struct {
	until     float64 // share of the run at which it ends
	phase     int     // 0 or 1: sequences of another length are drawn from another source
	length    int     // tokens of the longest sequence
	sequences int     // in a batch; 0: no limit
	tokens    int     // in a batch; 0: no limit
}

// rampStages are how many sizes the growing batch has: each is a new shape for the machine, and more are not smoother.
const rampStages = 8

// stages lists the parts of a run in order; the last one ends at 1.
func (c *Config) stages() []stage {
	var list []stage
	end := 1.0
	if c.SecondLength > 0 {
		end = 1 - c.SecondShare
	}
	if c.RampFrom > 0 {
		for i := range rampStages {
			list = append(list, stage{
				until: c.RampShare * float64(i+1) / rampStages, length: c.Length,
				sequences: c.RampFrom + (c.Batch-c.RampFrom)*i/rampStages, tokens: c.BatchTokens,
			})
		}
	}
	list = append(list, stage{until: end, length: c.Length, sequences: c.Batch, tokens: c.BatchTokens})
	if c.SecondLength > 0 {
		list = append(list, stage{until: 1, phase: 1, length: c.SecondLength, sequences: c.secondBatch(), tokens: c.BatchTokens})
	}
	return list
}

// secondBatch is the number of sequences in a batch of the second phase.
func (c *Config) secondBatch() int {
	if c.SecondBatch > 0 || c.Batch == 0 {
		return c.SecondBatch
	}
	return max(1, c.Batch*c.Length/c.SecondLength)
}

// at gives the stage for a share of the run that is done.
func at(list []stage, progress float64) int {
	for i, s := range list {
		if progress < s.until {
			return i
		}
	}
	return len(list) - 1
}

// longest is the longest sequence of the run.
func (c *Config) longest() int { return max(c.Length, c.SecondLength) }

// measured are the length and the batch of the held-out sequences: those of the phase that is most of the run, so that all its
// evaluations compare.
func (c *Config) measured() (length, sequences int) {
	length, sequences = c.Length, c.Batch
	if c.SecondLength > 0 && c.SecondShare > 0.5 {
		length, sequences = c.SecondLength, c.secondBatch()
	}
	if sequences == 0 {
		sequences = max(1, c.BatchTokens/length)
	}
	return length, sequences
}
