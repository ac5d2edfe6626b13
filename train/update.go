package train

import (
	"fmt"
	"math"

	"gobert/bert"
	"gobert/internal/fault"
	"gobert/internal/parts"
	"gobert/internal/torch"
)

// An Optimizer holds the moments of one store's parameters, the loss scale and the count of updates. It runs on the LibTorch
// thread.
//
// On the CPU a step is made when it is asked for. On a GPU it is only put in the queue: clipping, loss scaling and what is not
// finite are settled there (see [torch.Updater]), and [Optimizer.Progress] reads how it came out.
type Optimizer struct {
	OptimizerSettings
	M, V *torch.Tensor // fp32 [P]: first and second moment; of a team, those of this rank's shares

	store      *bert.Store
	team       *parts.Team     // nil: this process has all
	whole      []*torch.Tensor // M and V of all of a team [P], while they are saved
	accumulate int             // batches to an update
	board      *board
	known      OptimizerProgress
	rate       float64        // of the next step
	lengths    *parts.Lengths // of LAMB, on the CPU or of a team

	regions *torch.Regions // on the CPU
	updater *torch.Updater // on a GPU
	root    *torch.Tensor  // fp32 []: the gradient that flows into a loss
	next    *torch.Tensor  // rate, on the device
	tried   int64          // steps since the optimizer was made or restored
}

// OptimizerProgress is what became of the steps so far.
type OptimizerProgress struct {
	Updates int64 // made
	Scaler  Scaler
	Norm    float64  // of the last gradient, before clipping
	Refused *Refusal // nil: all were made, or left out for the loss scale's sake
}

// A Refusal is the first step whose gradient was not finite. From it on nothing was changed.
type Refusal struct {
	Step int64 // counted from 1, since the optimizer was made or restored
	Norm float64
}

// clipEps is what the reference's clip_grad_norm_ adds to the norm.
const clipEps = 1e-6

// NewOptimizer prepares the moments for a store whose training was prepared, without loss scaling.
func NewOptimizer(store *bert.Store, s OptimizerSettings) (*Optimizer, error) {
	return newOptimizer(store, s, newScaler(false), 1, nil)
}

func newOptimizer(store *bert.Store, s OptimizerSettings, scaler Scaler, accumulate int, team *parts.Team) (*Optimizer, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	n := store.Values.Numel()
	o := &Optimizer{OptimizerSettings: s, store: store, accumulate: accumulate, team: team, known: OptimizerProgress{Scaler: scaler}}
	ready := false
	defer func() { // a device may have no room for them
		if !ready {
			o.Free()
		}
	}()
	trained := o.parts()
	if team != nil {
		if err := team.Bind(store.Grads, trained, store.Layers); err != nil {
			return nil, fault.New("train: {parts} on %s: %w", store.Device, err)
		}
	}
	if s.Kind == LAMB && (team != nil || !store.Device.IsCUDA()) {
		o.lengths = team.Lengths(trained)
	}
	if team != nil {
		trained, n = team.Held(trained)
	}
	o.M = torch.NewZeros(torch.Float32, store.Device, n)
	o.V = torch.NewZeros(torch.Float32, store.Device, n)
	o.board = newBoard(store.Device)
	o.prepare(trained)
	ready = true
	return o, nil
}

// SetRate hands over the next step's learning rate, on a GPU together with what else the pass uploads. The pass must be open
// until the step is asked for.
func (o *Optimizer) SetRate(p *torch.Pass, rate float64) {
	o.rate = rate
	if o.updater != nil {
		o.next = torch.From(p, []float64{rate})
	}
}

// Step updates the parameters and clears the gradients, which [Optimizer.Gradient] has scaled. On the CPU an error says that the
// gradient was not finite and nothing was changed; where loss scaling may help it, the update alone is left out.
func (o *Optimizer) Step() error {
	o.tried++
	if o.updater != nil {
		o.updater.Step(o.next, nil)
		return nil
	}
	if err := o.stepWith(torch.Norm(o.store.Grads)); err != nil {
		return err
	}
	return o.walk()
}

// share is a step of this rank's shares, with all ranks, of a gradient whose squares have that sum; [Optimizer.walk] ends it.
func (o *Optimizer) share(p *torch.Pass, rate, squares float64) error {
	o.SetRate(p, rate)
	if o.updater == nil {
		return o.stepWith(math.Sqrt(squares))
	}
	o.tried++
	o.updater.Step(o.next, torch.From(p, []float64{squares}))
	return nil
}

// walk ends a step of LAMB's that has found directions alone. It waits for the other ranks, and must not be called on the LibTorch thread where
// there are any.
func (o *Optimizer) walk() error {
	if o.lengths == nil {
		return nil
	}
	squares, err := o.lengths.Squares(o.store.Values, o.store.Grads)
	if err != nil {
		return err
	}
	return torch.Run(func() error {
		if o.updater != nil {
			o.updater.Walk(squares)
		} else {
			o.regions.Walk(o.rate, squares)
		}
		return nil
	})
}

// stepWith is a step on the CPU, of a gradient with that norm; of LAMB the first half.
func (o *Optimizer) stepWith(norm float64) error {
	scale := o.known.Scaler.Factor
	norm /= scale
	o.known.Norm = norm
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		if !o.known.Scaler.overflowed() {
			return &NotFiniteError{norm}
		}
		o.store.ZeroGrads()
		return nil
	}
	factor := 1 / scale
	if o.ClipNorm > 0 {
		factor *= min(1, o.ClipNorm/(norm+clipEps))
	}
	o.known.Updates++
	o.known.Scaler.succeeded()
	o.regions.Step(o.rate, factor, o.known.Updates)
	return nil
}

// Restore goes on from a number of updates and a loss scale.
func (o *Optimizer) Restore(updates int64, scaler Scaler) {
	o.known, o.tried = OptimizerProgress{Updates: updates, Scaler: scaler}, 0
	if o.updater != nil {
		o.restoreDevice()
	}
}

// Gradient is what must flow into a batch's loss: a number, times one on the device where that is not nil.
func (o *Optimizer) Gradient() (number float64, scale *torch.Tensor) {
	switch {
	case o.updater == nil:
		return o.known.Scaler.Factor / float64(o.accumulate), nil
	case o.known.Scaler.On:
		return 1, o.root
	}
	return 1 / float64(o.accumulate), nil
}

// Backward lets that gradient flow into a loss.
func (o *Optimizer) Backward(p *torch.Pass, loss *torch.Tensor) {
	gradient, _ := o.Gradient()
	switch {
	case o.root != nil: // it lies on the device already
		p.Backward(loss, p.Cast(o.root, loss.DType()))
	case gradient == 1:
		p.Backward(loss, nil)
	default:
		p.Backward(loss, p.Cast(torch.From(p, []float32{float32(gradient)}), loss.DType()))
	}
}

// Free releases the moments.
func (o *Optimizer) Free() {
	o.regions.Free()
	o.updater.Free()
	o.board.free()
	torch.FreeAll([]*torch.Tensor{o.M, o.V, o.root})
}

// parts lists the parameters that are trained, in the order of memory. Biases and norms are neither decayed nor adapted.
func (o *Optimizer) parts() (list []torch.Part) {
	var at int64
	for _, p := range o.store.Parameters {
		if n := p.Numel(); !p.Frozen {
			part := torch.Part{Begin: at, Moments: at, Count: n, Rate: p.LearningRate(), Adapt: p.Kind.Decayed()}
			if part.Adapt {
				part.Decay = o.WeightDecay
			}
			list = append(list, part)
		}
		at += p.Numel()
	}
	return list
}

// gather lends rank 0 of a team the moments of all ranks, until they are released. It waits for other ranks.
func (o *Optimizer) gather() (release func(), err error) {
	if o.team == nil {
		return func() {}, nil
	}
	whole, free, err := o.team.Bring(o.M, o.V)
	o.whole = whole
	return func() { free(); o.whole = nil }, err
}

// read takes moments from a file; a rank of a team takes its own, by way of the gradient, which is clear.
func (o *Optimizer) read(file *bert.WeightsFile, prefix string, moments *torch.Tensor) error {
	if o.team == nil {
		return o.store.Read(file, prefix, moments)
	}
	defer o.store.ZeroGrads()
	err := o.store.Read(file, prefix, o.store.Grads)
	o.team.Take(moments, o.store.Grads)
	return err
}
