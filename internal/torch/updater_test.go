package torch

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gobert/internal/torch/cuda/host"
	"gobert/internal/torch/standin"
)

// TestUpdatersOnCUDA runs the tests of this file where the driver launches the kernels.
func TestUpdatersOnCUDA(t *testing.T) {
	standin.Run(t, standin.Machine{}, "TestUpdaterEqualsTheCPUs", "TestUpdaterKeepsTheLossScale", "TestUpdaterStopsForGood", "TestMeasuresAreAdded", "TestSharesMakeAStep")
}

// eachWay runs f where the kernels serve, as often as blocks can be ordered, and where LibTorch's operators do.
func eachWay(t *testing.T, f func(t *testing.T, kernels bool)) {
	t.Helper()
	orders := map[bool]string{false: "kernels"}
	if !device(t).IsCUDA() {
		orders[true] = "kernels backwards"
	}
	for backwards, name := range orders {
		t.Run(name, func(t *testing.T) {
			if !device(t).IsCUDA() {
				defer host.Serve(backwards)()
			}
			f(t, true)
		})
	}
	t.Run("operators", func(t *testing.T) {
		UseKernels(false)
		defer UseKernels(true)
		f(t, false)
	})
}

// training is a store's flat memory with four parameters, of which the third is frozen: one is longer than a tile, and all but the
// first begin where no vector does.
type training struct {
	Flat

	updater *Updater
	waited  int64 // how often steps have waited for the device
	sizes   []int64
	parts   []Part
}

func newTraining(p *Pass, r Rule, compute DType) *training {
	s := &training{sizes: []int64{20001, 77, 300, 1030}}
	at := int64(0)
	for i, n := range s.sizes {
		if i != 2 {
			s.parts = append(s.parts, Part{Begin: at, Count: n, Decay: []float64{0.01, 0.01, 0, 0}[i], Rate: []float64{1, 0.5, 1, 1}[i], Adapt: i < 2, Moments: at})
		}
		at += n
	}
	zeros := func(dtype DType, shape ...int64) *Tensor { return p.Adopt(NewZeros(dtype, p.Device, shape...)) }
	s.Value, s.Grad, s.M, s.V = zeros(Float32, at), zeros(Float32, at), zeros(Float32, at), zeros(Float32, at)
	s.Value.FillNormal(0.05, 1)
	zero := s.Value.View(20001, 77) // a parameter may be zero
	zero.Fill(0)
	zero.Free()
	if compute != Float32 {
		s.Shadow = p.Adopt(s.Value.To(compute, p.Device))
	}
	state := make([]float64, StepNumbers)
	state[StepScale] = 1
	if r.Run > 0 {
		state[StepScale] = 8
	}
	s.State, s.Root = From(p, state, StepNumbers), zeros(Float32)
	if r.Share == 0 {
		r.Share = 1
	}
	s.updater = NewUpdater(s.Flat, r, s.parts)
	return s
}

// step makes one with gradients of some size, of which one value may be no number.
func (s *training) step(p *Pass, number int, size float64, spoil float32) {
	s.Grad.FillNormal(size, uint64(number)+10)
	frozen := s.Grad.View(s.sizes[0]+s.sizes[1], s.sizes[2])
	frozen.Fill(0)
	frozen.Free()
	if spoil != 0 {
		one := s.Grad.View(20050, 1)
		one.Fill(float64(spoil))
		one.Free()
	}
	rate := From(p, []float64{1e-2 / float64(number)})
	before := waits()
	s.updater.Step(rate, nil)
	s.waited += waits() - before
}

// waits is how often the host has waited for a device that counts it.
func waits() int64 {
	counts, err := standin.ReadCounts("")
	if err != nil {
		return 0
	}
	return counts[standin.Synchronisations] + counts[standin.Downloads]
}

// everything is what a step may change, in fp32.
func (s *training) everything(p *Pass) map[string][]float32 {
	all := map[string][]float32{"value": Values[float32](s.Value), "m": Values[float32](s.M), "v": Values[float32](s.V)}
	if s.Shadow != nil {
		all["shadow"] = Values[float32](p.Cast(s.Shadow, Float32))
	}
	return all
}

func (s *training) number(n int) float64 { return Values[float64](s.State)[n] }

// TestUpdaterEqualsTheCPUs: steps are those of the CPU's optimizer: AdamW's by the kernels bit for bit where nothing is clipped.
func TestUpdaterEqualsTheCPUs(t *testing.T) {
	const steps = 6
	for _, c := range []struct {
		lamb    bool
		clip    float64
		compute DType
	}{{false, 0, BFloat16}, {false, 1, Float16}, {false, 1e9, Float32}, {true, 0, Float32}, {true, 1, BFloat16}} {
		r := Rule{LAMB: c.lamb, Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, Clip: c.clip}
		want := onHost(t, r, c.compute, steps)
		t.Run(fmt.Sprintf("lamb %t/clip %v/%v", c.lamb, c.clip, c.compute), func(t *testing.T) {
			eachWay(t, func(t *testing.T, kernels bool) {
				do(t, Mode{Device: device(t)}, func(p *Pass) {
					s := newTraining(p, r, c.compute)
					defer s.updater.Free()
					for number := 1; number <= steps; number++ {
						before := launches()
						s.step(p, number, 0.3, 0)
						launched := map[bool]int64{false: 3, true: 5}[c.lamb]
						if now := launches(); kernels && now >= 0 && now-before != launched {
							t.Errorf("step %d: %d launches, want %d", number, now-before, launched)
						}
					}
					for name, got := range s.everything(p) {
						if !c.lamb && c.clip != 1 && kernels && !slices.Equal(got, want[name]) {
							t.Errorf("%s has other bits than the CPU's", name)
						}
						share := bounds[Float32]
						if name == "shadow" {
							share = bounds[c.compute]
						}
						near(t, name, want[name], got, share)
					}
					if Norm(s.Grad) != 0 {
						t.Error("the gradient was not cleared")
					}
					if s.waited > 0 {
						t.Errorf("the host has waited or read %d times", s.waited)
					}
					if s.number(StepUpdates) != steps || s.number(StepTried) != steps || s.number(StepRefused) != 0 {
						t.Errorf("state %v", Values[float64](s.State))
					}
				})
			})
		})
	}
}

// onHost makes the same steps with the CPU's optimizer.
func onHost(t *testing.T, r Rule, compute DType, steps int) (all map[string][]float32) {
	t.Helper()
	do(t, Mode{}, func(p *Pass) {
		s := newTraining(p, r, compute)
		s.updater.Free()
		regions := NewRegions(s.Flat, r, s.parts)
		defer regions.Free()
		for number := 1; number <= steps; number++ {
			s.Grad.FillNormal(0.3, uint64(number)+10)
			p.Adopt(s.Grad.View(s.sizes[0]+s.sizes[1], s.sizes[2])).Fill(0)
			factor := 1.0
			if r.Clip > 0 {
				factor = min(1, r.Clip/(Norm(s.Grad)+1e-6)) // as clip_grad_norm_ has it
			}
			rate := 1e-2 / float64(number)
			regions.Step(rate, factor, int64(number))
			if r.LAMB {
				regions.Walk(rate, s.lengths())
			}
		}
		all = s.everything(p)
	})
	return all
}

// lengths are what LAMB is told of the parts, all of which are here.
func (s *training) lengths() (lengths []float64) {
	for _, x := range s.parts {
		for _, of := range []*Tensor{s.Value, s.Grad} {
			sum := 0.0
			for _, block := range Squares(of, []Region{{x.Begin, x.Count}}) {
				sum += block
			}
			lengths = append(lengths, sum)
		}
	}
	return lengths
}

// TestUpdaterKeepsTheLossScale: a gradient that overflows costs the update alone and halves the scale, which doubles after a run of
// updates; the gradient that flows into the next loss follows it.
func TestUpdaterKeepsTheLossScale(t *testing.T) {
	for _, lamb := range []bool{false, true} {
		eachWay(t, func(t *testing.T, _ bool) {
			do(t, Mode{Device: device(t)}, func(p *Pass) {
				s := newTraining(p, Rule{LAMB: lamb, Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, Clip: 1, Share: 0.25, Run: 3}, Float16)
				defer s.updater.Free()
				scale, updates, good := 8.0, 0.0, 0.0
				for number, spoilt := range []bool{true, false, false, true, false, false, false, false} {
					before := s.everything(p)
					spoil := float32(0)
					if spoilt {
						spoil = float32(math.Inf(1))
					}
					s.step(p, number+1, 3, spoil)
					same := same(before, s.everything(p))
					if same != spoilt {
						t.Fatalf("step %d: everything stayed is %t", number+1, same)
					}
					if Norm(s.Grad) != 0 {
						t.Fatalf("step %d: the gradient was not cleared", number+1)
					}
					if spoilt {
						scale, good = scale/2, 0
					} else if updates, good = updates+1, good+1; good == 3 {
						scale, good = scale*2, 0
					}
					state := Values[float64](s.State)
					if state[StepScale] != scale || state[StepUpdates] != updates || state[StepGood] != good || state[StepRefused] != 0 {
						t.Fatalf("step %d: state %v, want scale %v, %v updates, %v since", number+1, state, scale, updates, good)
					}
					if root := s.Root.Item(); root != scale/4 {
						t.Fatalf("step %d: the next loss has the gradient %v, want %v", number+1, root, scale/4)
					}
				}
			})
		})
	}
}

func same(a, b map[string][]float32) bool {
	for name := range a {
		if !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return true
}

// TestUpdaterStopsForGood: from the first gradient on that is not finite, and that no smaller scale can help, nothing changes, and the
// step is remembered.
func TestUpdaterStopsForGood(t *testing.T) {
	for _, run := range []int{0, 2000} {
		for _, spoil := range []float64{math.Inf(-1), math.NaN()} {
			eachWay(t, func(t *testing.T, _ bool) {
				do(t, Mode{Device: device(t)}, func(p *Pass) {
					s := newTraining(p, Rule{Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, Run: run}, BFloat16)
					defer s.updater.Free()
					s.step(p, 1, 1, 0)
					refused := 2
					if run > 0 { // the scale of 8 is halved three times before
						refused = 5
					}
					before := s.everything(p)
					for number := 2; number <= 7; number++ {
						bad := float32(0)
						if number <= refused {
							bad = float32(spoil)
						}
						s.step(p, number, 1, bad)
					}
					if !same(before, s.everything(p)) {
						t.Error("something was changed")
					}
					norm := s.number(StepRefusedNorm)
					if s.number(StepRefused) != float64(refused) || s.number(StepUpdates) != 1 || s.number(StepTried) != 7 || norm-norm == 0 {
						t.Errorf("state %v, want step %d refused", Values[float64](s.State), refused)
					}
				})
			})
		}
	}
}

// TestMeasuresAreAdded: values of all types are added up in fp32, each in its place; on a card in one launch for each 8.
func TestMeasuresAreAdded(t *testing.T) {
	eachWay(t, func(t *testing.T, kernels bool) {
		do(t, Mode{Device: device(t)}, func(p *Pass) {
			sums := p.Adopt(NewZeros(Float64, p.Device, 12))
			var values []Measured
			want := make([]float64, 12)
			for i := range 10 {
				m := Measured{Value: From(p, []float32{float32(i) + 0.1}), Times: float64(3 * i), Into: i + 1}
				x := float64((float32(i) + 0.1) * float32(3*i))
				switch i {
				case 4:
					m.Value, x = From(p, []int64{1 << 20}), float64(1<<20*3*i)
				case 5:
					m.Value, x = p.Cast(From(p, []float32{1.5}), BFloat16), 1.5*3*5
				}
				values = append(values, m)
				want[i+1] = x
			}
			before := launches()
			AddMeasures(sums, values)
			if now := launches(); kernels && now >= 0 && now-before != 2 {
				t.Errorf("%d launches for %d values", now-before, len(values))
			}
			AddMeasures(sums, values[:1])
			AddMeasures(sums, nil)
			AddMeasures(sums, values[3:4])
			want[4] = float64(float32(want[4]) + float32(want[4]))
			if got := Values[float64](sums); !slices.Equal(got, want) {
				t.Errorf("sums %v, want %v", got, want)
			}
		})
	})
}

// TestSharesMakeAStep: two updaters that hold a share of the moments each make the step of one that holds all, bit for bit, and norm blocks
// have the same sums whatever else is summed.
func TestSharesMakeAStep(t *testing.T) {
	for _, lamb := range []bool{false, true} {
		t.Run(fmt.Sprint("lamb ", lamb), func(t *testing.T) {
			eachWay(t, func(t *testing.T, kernels bool) {
				do(t, Mode{Device: device(t)}, func(p *Pass) {
					shared(t, p, Rule{LAMB: lamb, Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, Clip: 1}, kernels)
				})
			})
		})
	}
}

func shared(t *testing.T, p *Pass, rule Rule, kernels bool) {
	whole, cut := newTraining(p, rule, BFloat16), newTraining(p, rule, BFloat16)
	defer whole.updater.Free()
	cut.updater.Free()
	n := whole.Value.Numel()
	ends, shares, moments, of := []int64{0, NormBlock, n}, []*Updater{}, []*Tensor{}, [][]int{{}, {}}
	for i, begin := range ends[:2] {
		end, flat := ends[i+1], cut.Flat
		flat.M, flat.V = p.Adopt(NewZeros(Float32, p.Device, end-begin)), p.Adopt(NewZeros(Float32, p.Device, end-begin))
		if i == 1 { // the state is each rank's own
			flat.State = From(p, Values[float64](cut.State), StepNumbers)
		}
		var parts []Part
		for number, x := range cut.parts {
			from, to := max(x.Begin, begin), min(x.Begin+x.Count, end)
			if x.Begin, x.Count, x.Moments = from, to-from, from-begin; x.Count > 0 {
				parts, of[i] = append(parts, x), append(of[i], number)
			}
		}
		u := NewUpdater(flat, rule, parts)
		defer u.Free()
		shares, moments = append(shares, u), append(moments, flat.M)
	}
	for step := range 3 {
		rate := From(p, []float64{1e-2})
		for _, s := range []*training{whole, cut} {
			s.Grad.FillNormal(0.3, uint64(step))
			p.Adopt(s.Grad.View(s.sizes[0]+s.sizes[1], s.sizes[2])).Fill(0)
		}
		if !kernels {
			if err := Run(func() error { whole.updater.Step(rate, rate); return nil }); err == nil {
				t.Error("operators made a share of a step")
			}
			return
		}
		all, apart := Squares(whole.Grad, []Region{{0, n}}), Squares(whole.Grad, []Region{{NormBlock, n - NormBlock}, {5, 0}, {0, NormBlock}})
		if !slices.Equal(all, []float64{apart[1], apart[0]}) {
			t.Errorf("sums %v, and %v of others", all, apart)
		}
		total := all[0] + all[1]
		if want := math.Pow(Norm(whole.Grad), 2); math.Abs(total/want-1) > 1e-5 {
			t.Errorf("the squares' sum is %v, expected %v", total, want)
		}
		squares := From(p, []float64{total})
		for _, u := range append(shares, whole.updater) {
			u.Step(rate, squares)
		}
		if !rule.LAMB {
			continue
		}
		lengths := whole.lengths()
		if !slices.Equal(lengths, cut.lengths()) {
			t.Error("the directions have other bits")
		}
		whole.updater.Walk(lengths)
		for i, u := range shares {
			var own []float64
			for _, number := range of[i] {
				own = append(own, lengths[2*number:2*number+2]...)
			}
			u.Walk(own)
		}
	}
	for name, got := range cut.everything(p) {
		if want := whole.everything(p)[name]; (name == "value" || name == "shadow") && !slices.Equal(got, want) {
			t.Errorf("%s has other bits", name)
		}
	}
	if got := append(Values[float32](moments[0]), Values[float32](moments[1])...); !slices.Equal(got, Values[float32](whole.M)) {
		t.Error("the moments have other bits")
	}
	if whole.number(StepUpdates) != 3 || whole.number(StepNorm) != cut.number(StepNorm) {
		t.Errorf("states %v and %v", Values[float64](whole.State), Values[float64](cut.State))
	}
	if rule.LAMB { // what makes a step at once goes as far, but for the order of its sums
		at := newTraining(p, rule, BFloat16)
		defer at.updater.Free()
		for step := range 3 {
			at.Grad.FillNormal(0.3, uint64(step))
			p.Adopt(at.Grad.View(at.sizes[0]+at.sizes[1], at.sizes[2])).Fill(0)
			at.updater.Step(From(p, []float64{1e-2}), nil)
		}
		near(t, "value", Values[float32](at.Value), Values[float32](whole.Value), bounds[Float32])
	}
}
