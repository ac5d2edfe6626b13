package train

import (
	"slices"
	"time"

	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Settings are what a run is told, apart from its data. They are saved with every checkpoint and compared on resume.
type Settings struct {
	Seed      uint64            `json:"seed"`
	Compute   string            `json:"compute"` // fp32, bf16 or fp16
	Optimizer OptimizerSettings `json:"optimizer"`

	// The horizon: the first of those set that is reached ends the run.
	Steps  int64         `json:"steps,omitempty"`
	Tokens int64         `json:"tokens,omitempty"`
	Budget time.Duration `json:"budget,omitempty"` // wall-clock time spent in the run, resumes included

	Accumulate         int    `json:"accumulate"`            // batches to one update
	GradientCheckpoint bool   `json:"gradient_checkpoint"`   // compute activations again instead of keeping them
	LogEvery           int64  `json:"log_every"`             // steps
	EvaluateEvery      int64  `json:"evaluate_every"`        // steps; 0: only at the end
	SaveEvery          int64  `json:"save_every"`            // steps; 0: only at the end
	Keep               int    `json:"keep"`                  // newest checkpoints that stay, beside the best one; 0: all
	Patience           int    `json:"patience,omitempty"`    // evaluations without improvement before an early stop; 0: never
	Best               string `json:"best,omitempty"`        // measure that decides what is best
	BestIsLow          bool   `json:"best_is_low,omitempty"` // as for a loss
	Parts              int    `json:"parts,omitempty"`       // of a step's batch, each computed by itself; 0: it is not cut

	Team   *Team        `json:"-"` // who computes them; nil without parts
	Device torch.Device `json:"-"` // where it runs is no part of what it computes
	Graphs Graphs       `json:"-"` // whether a GPU's launches are recorded
	Output string       `json:"-"` // folder of the run
}

// leads says whether this is the process that talks and saves.
func (s Settings) leads() bool { return s.Team == nil || s.Team.Leads() }

// Validate returns all faults at once.
func (s Settings) Validate() error {
	var f fault.List
	f.Expect(s.Steps >= 0 && s.Tokens >= 0 && s.Budget >= 0, "steps, tokens and budget must not be negative")
	f.Expect(s.Team != nil && s.Parts == s.Team.Parts() || s.Team == nil && s.Parts == 0, "%d parts, without a team for so many", s.Parts)
	f.Expect(s.Parts == 0 || s.Graphs != AllGraphs, "parts are not recorded as graphs")
	f.Expect(s.Accumulate >= 1, "accumulate is %d: expected at least 1 batch to an update", s.Accumulate)
	f.Expect(s.LogEvery >= 1, "log every %d steps: expected at least 1", s.LogEvery)
	f.Expect(s.EvaluateEvery >= 0 && s.SaveEvery >= 0 && s.Keep >= 0 && s.Patience >= 0, "evaluate-every, save-every, keep and patience must not be negative")
	_, err := torch.ParseCompute(s.Compute)
	f.Add(err, s.Optimizer.Validate())
	f.Expect(slices.Contains([]Graphs{"", NoGraphs, AutoGraphs, AllGraphs}, s.Graphs), "graphs %q: expected off, auto or on", s.Graphs)
	f.Expect(s.Output != "", "no output folder")
	return f.Err()
}

// progress is the share of the run that is done, by whichever limit is nearest.
func (s Settings) progress(step, tokens int64, elapsed time.Duration) float64 {
	done := 0.0
	if s.Steps > 0 {
		done = max(done, float64(step)/float64(s.Steps))
	}
	if s.Tokens > 0 {
		done = max(done, float64(tokens)/float64(s.Tokens))
	}
	if s.Budget > 0 {
		done = max(done, elapsed.Seconds()/s.Budget.Seconds())
	}
	return min(done, 1)
}
