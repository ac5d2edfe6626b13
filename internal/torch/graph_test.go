package torch

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gobert/internal/torch/standin"
)

// step is a forward and a backward pass with dropout of attention's probabilities, over batches of one shape.
type step struct {
	weight, grad *Tensor
	between      func(p *Pass, x *Tensor) // done between the two
}

const stepTokens, stepWidth, stepHeads = 12, 16, 2

func newStep(d Device) *step {
	storage := NewEmpty(Float32, d, 3*stepWidth*stepWidth)
	storage.FillNormal(0.3, 1)
	s := &step{weight: Leaf(storage, 0, true, 3*stepWidth, stepWidth), grad: NewZeros(Float32, d, 3*stepWidth, stepWidth)}
	s.weight.SetGrad(s.grad)
	return s
}

func (s *step) run(p *Pass, number int) (result any, stay []*Tensor, err error) {
	x := make([]float32, stepTokens*stepWidth)
	for i := range x {
		x[i] = float32(math.Sin(float64(i*(number+1)) / 7))
	}
	cut := int32(3 + number%5)
	in := From(p, x, stepTokens, stepWidth)
	o := p.Sequences([]int32{0, cut, stepTokens})
	y := p.Attention(p.Linear(in, Weight{Matrix: s.weight, Compute: s.weight}), o, stepHeads, 0.2)
	loss := p.Sum(p.Mul(y, y), Float32)
	if s.between != nil {
		s.between(p, loss)
	}
	p.Backward(loss, nil)
	loss = p.Detach(loss)
	return loss, []*Tensor{loss}, nil
}

// TestRecordedStepsAreTheSame: a step that is recorded and done again gives the bits of one that is run, dropout included, whatever
// else is drawn or allocated between; and costs one launch.
func TestRecordedStepsAreTheSame(t *testing.T) {
	d := device(t)
	if !d.IsCUDA() {
		t.Skip("for a GPU: TestOnCUDA runs it")
	}
	const steps = 8
	losses := map[bool][]float32{}
	grads := map[bool][]float32{}
	for _, graph := range []bool{false, true} {
		if err := Run(func() error {
			s, r := newStep(d), &Graphs{Most: 4}
			defer r.Free()
			for number := range steps {
				mode := Mode{Grad: true, Train: true, Device: d, Seed: 7, Step: uint64(number)}
				f := func(p *Pass) (any, []*Tensor, error) { return s.run(p, number) }
				if graph {
					before := countsHere(t)
					var asked standin.Counts
					if err := r.Do(mode, f, func(result any, replayed bool) error {
						if replayed != (number > 1) {
							t.Errorf("step %d: replayed: %v", number, replayed)
						}
						asked = countsHere(t).Since(before)
						losses[graph] = append(losses[graph], Values[float32](result.(*Tensor))...)
						return nil
					}); err != nil {
						return err
					}
					if number > 1 && standin.Here() {
						// Beside the graph there are the seeds and offsets of two generators: the device's, and attention's.
						if asked[standin.Uploads] != 1 || asked["cuda::graph"] != 1 || asked.Operators() != 1+2*2 || asked[standin.Synchronisations] != 0 {
							t.Errorf("step %d asks for %v", number, asked)
						}
					}
				} else {
					p := Begin(mode)
					result, _, err := s.run(p, number)
					if err != nil {
						return err
					}
					losses[graph] = append(losses[graph], Values[float32](result.(*Tensor))...)
					p.Close()
				}
				noise := NewEmpty(Float32, d, 1<<number)
				noise.FillNormal(1, uint64(number))
				noise.Free()
			}
			grads[graph] = Values[float32](s.grad)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(losses[true], losses[false]) {
		t.Errorf("losses %v, without a graph %v", losses[true], losses[false])
	}
	if !slices.Equal(grads[true], grads[false]) {
		t.Error("gradients differ")
	}
	if losses[true][6] == losses[true][7] || math.IsNaN(float64(losses[true][7])) {
		t.Errorf("losses %v: does the graph see the batch?", losses[true])
	}
}

// TestWhatCannotBeRecordedRunsAsItIs: after reading a number, or handing over too late, the reason is told, and losses and gradients
// are those of a step that nobody tried to record.
func TestWhatCannotBeRecordedRunsAsItIs(t *testing.T) {
	d := device(t)
	if !d.IsCUDA() {
		t.Skip("for a GPU: TestOnCUDA runs it")
	}
	for name, between := range map[string]func(p *Pass, x *Tensor){
		"not permitted when stream is capturing": func(_ *Pass, x *Tensor) { x.Item() },
		"behind the first reading":               func(p *Pass, _ *Tensor) { Values[float32](p.Scale(From(p, []float32{1}, 1), 2)) },
	} {
		var told []string
		var losses [2][]float32
		var grads [2][]float32
		for i, between := range []func(p *Pass, x *Tensor){nil, between} {
			if err := Run(func() error {
				s, r := newStep(d), &Graphs{Most: 4, Failed: func(err error) { told = append(told, err.Error()) }}
				defer r.Free()
				s.between = between
				for number := range 4 {
					if err := r.Do(Mode{Grad: true, Device: d, Step: uint64(number)}, func(p *Pass) (any, []*Tensor, error) { return s.run(p, number) },
						func(result any, _ bool) error {
							losses[i] = append(losses[i], Values[float32](result.(*Tensor))...)
							return nil
						}); err != nil {
						return err
					}
				}
				grads[i] = Values[float32](s.grad)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if len(told) != 1 || !strings.Contains(told[0], name) {
			t.Errorf("told %q, want %q once", told, name)
		}
		if !slices.Equal(losses[0], losses[1]) || !slices.Equal(grads[0], grads[1]) {
			t.Errorf("%s: losses %v, where it is recorded %v; gradients are equal: %v", name, losses[1], losses[0], slices.Equal(grads[0], grads[1]))
		}
	}
}

func countsHere(t *testing.T) standin.Counts {
	t.Helper()
	if !standin.Here() {
		return nil
	}
	counts, err := standin.ReadCounts("")
	if err != nil {
		t.Fatal(err)
	}
	return counts
}
