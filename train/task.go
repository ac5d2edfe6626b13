package train

import (
	"context"
	"slices"

	"gobert/bert"
	"gobert/internal/metrics"
	"gobert/internal/torch"
)

// A Task is what a run trains: a network and the loss of a batch.
type Task[B any] interface {
	Network() bert.Network
	// Loss runs the network forward. gradient, times the pass's LossScale, is what will flow into the loss: it holds the
	// accumulation and loss scaling.
	Loss(p *torch.Pass, batch B, gradient float64) (Outcome, error)
	// Tokens counts the real tokens of a batch, for speed and for budgets.
	Tokens(batch B) int
	// FLOPs counts the model's floating point operations of a training step on the batch.
	FLOPs(batch B) float64
}

// Outcome is a batch's loss and what was measured on the way.
type Outcome struct {
	Loss     *torch.Tensor
	Measures []Measure
}

// Measure is a named mean: a sum on the device and the number of things summed.
type Measure struct {
	Name  string
	Value *torch.Tensor // scalar: the sum, or the mean
	Mean  bool          // Value is the mean already
	Count float64
}

// A Feed gives batches in a fixed order; *data.Loader is one.
type Feed[B any, C any] interface {
	Next(ctx context.Context) (B, C, error) // the batch, and the cursor behind it; io.EOF at the end
	Release(batch B)
}

// An Evaluator measures the network on held-out data.
type Evaluator func(ctx context.Context) ([]Value, error)

// Value is one named number.
type Value = metrics.Value

// A Reporter is told what happens; it writes logs and talks to the user.
type Reporter interface {
	Step(r StepReport)
	Evaluation(step int64, values []Value)
	Saved(step int64, folder string) // a checkpoint is whole; some steps later where it is written while training goes on
}

// OnStep is a Reporter that is called after each logged step, and told of nothing else.
type OnStep func(r StepReport)

// Step calls it.
func (f OnStep) Step(r StepReport) { f(r) }

// Evaluation does nothing.
func (OnStep) Evaluation(int64, []Value) {}

// Saved does nothing.
func (OnStep) Saved(int64, string) {}

// A Syncer is a Reporter whose record must be on disk before a checkpoint is: what a checkpoint has passed is never told
// again.
type Syncer interface {
	Sync() error
}

// StepReport is what is known after a logged step; the measures are means since the last report.
type StepReport struct {
	Step, Steps   int64 // Steps is 0 where the horizon is not counted in steps
	Progress      float64
	Values        []Value // loss first
	LearningRate  float64
	GradientNorm  float64
	TokensSeen    int64
	TokensPerSec  float64
	FLOPsPerSec   float64
	StepSeconds   float64 // mean since the last report
	DataWaitShare float64 // of the time since the last report
	SentBytes     float64 // to other ranks, by this one, in a step: mean since the last report
	Seconds       float64 // of the run so far
}

// Find picks a number by name.
func Find(values []Value, name string) (float64, bool) {
	if i := slices.IndexFunc(values, func(v Value) bool { return v.Name == name }); i >= 0 {
		return values[i].Value, true
	}
	return 0, false
}
