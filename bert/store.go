package bert

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"gobert/internal/torch"
	"gobert/internal/weights"
)

// A Store holds all parameters of a model in flat memory: one fp32 block for the values and, for training, one for the
// gradients and one for a copy in the compute type. One call then serves all parameters: norm, update, copy, upload.
type Store struct {
	Parameters []*Parameter // in the order of memory: matrices, vectors, adapters
	Device     torch.Device

	Values  *torch.Tensor // fp32 [P]
	Grads   *torch.Tensor // fp32 [P], nil until [Store.PrepareTraining]
	Compute *torch.Tensor // [P] in the compute type, nil when that is fp32
	Layers  []int64       // where the matrices of each layer begin, and where those of the last one end

	fused []fused
}

// fused is a parameter that spans several of the checkpoint's, which lie side by side.
type fused struct {
	whole *Parameter
	first int64 // element where it begins
}

// A Network is a model that can be loaded, trained and saved: the encoder, or a head with the encoder in it.
type Network interface {
	Encoder() *Model
	Architecture() string // the reference's class name
}

// NewStore moves all parameters of a network into flat memory on a device: those that have values keep them, the others
// are unspecified until [Initialize]. It runs on the LibTorch thread, as everything that makes tensors.
func NewStore(n Network, device torch.Device) *Store {
	s := &Store{Parameters: Parameters(n), Device: device}
	slices.SortStableFunc(s.Parameters, func(a, b *Parameter) int { return cmp.Compare(region(a), region(b)) })
	var total int64
	for _, p := range s.Parameters {
		total += p.Numel()
	}
	s.Values = torch.NewEmpty(torch.Float32, device, total)
	s.point(n)
	return s
}

// region keeps what is decayed apart from what is not, so that the optimizer sees two blocks.
// Adapters come last: they must not part the projections that a layer joins.
func region(p *Parameter) int {
	switch p.Kind {
	case Matrix:
		return 0
	case Down, Up:
		return 2
	}
	return 1
}

// point makes every parameter a view of the flat memory, and joins each layer's three projections.
func (s *Store) point(n Network) {
	starts := map[*Parameter]int64{}
	var at int64
	for _, p := range s.Parameters {
		starts[p] = at
		value := torch.Leaf(s.Values, at, false, p.Shape...)
		if p.Value.Valid() {
			value.CopyFrom(p.Value, false)
		}
		p.set(value)
		at += p.Numel()
	}
	h := int64(n.Encoder().Config.HiddenSize)
	for i, l := range n.Encoder().Layers {
		first := l.Attention.Query
		s.Layers = append(s.Layers[:i], starts[first.Weight], starts[l.MLP.Down.Weight]+l.MLP.Down.Weight.Numel())
		l.Attention.whole = &Linear{Weight: s.join(starts[first.Weight], Matrix, 3*h, h), Bias: s.join(starts[first.Bias], Bias, 3*h)}
	}
}

// join declares a parameter over neighbours: the walk visits query, key and value one after another, and the sort into
// regions keeps that order, so their weights touch, and so do their biases.
func (s *Store) join(first int64, kind Kind, shape ...int64) *Parameter {
	whole := newParameter(kind, shape...)
	whole.Value = torch.Leaf(s.Values, first, false, shape...)
	whole.Compute = whole.Value
	s.fused = append(s.fused, fused{whole, first})
	return whole
}

// holds says whether all parameters of a network lie in the store: heads and adapters may have come later.
func (s *Store) holds(n Network) bool {
	return !slices.ContainsFunc(Parameters(n), func(p *Parameter) bool { return !slices.Contains(s.Parameters, p) })
}

// dtype is the type that products have.
func (s *Store) dtype() torch.DType {
	if s.Compute == nil {
		return torch.Float32
	}
	return s.Compute.DType()
}

// leaves calls f with every tensor that a forward pass uses as a parameter, and where it begins.
func (s *Store) leaves(f func(p *Parameter, first int64)) {
	var at int64
	for _, p := range s.Parameters {
		f(p, at)
		at += p.Numel()
	}
	for _, j := range s.fused {
		f(j.whole, j.first)
	}
}

// UseCompute makes products use a copy of the values in another type; Float32 drops the copy again.
func (s *Store) UseCompute(dtype torch.DType) {
	s.Compute.Free()
	s.Compute = nil
	if dtype != torch.Float32 {
		s.Compute = s.Values.To(dtype, s.Device)
	}
	s.leaves(func(p *Parameter, first int64) {
		if p.Compute != p.Value {
			p.Compute.Free()
		}
		p.Compute = p.Value
		if s.Compute != nil {
			p.Compute = s.Compute.View(first, p.Shape...)
		}
	})
}

// SyncCompute writes the values into the copy again, after they changed by other means than the optimizer.
func (s *Store) SyncCompute() {
	if s.Compute != nil {
		s.Compute.CopyFrom(s.Values, false)
	}
}

// WeightsFile is an opened file of weights.
type WeightsFile = weights.File

// Read copies the tensors of a file that have the parameters' names behind a prefix into flat memory, [P]: values, or an optimizer's
// moments of them.
func (s *Store) Read(file *WeightsFile, prefix string, into *torch.Tensor) error {
	var at int64
	for _, p := range s.Parameters {
		name := prefix + p.Name
		w, ok := file.Tensor(name)
		if !ok {
			return fmt.Errorf("%s is missing: the checkpoint is of another architecture", name)
		}
		if !slices.Equal(w.Shape, p.Shape) || w.DType != weights.F32 {
			return fmt.Errorf("%s is %v%v, expected F32%v: the checkpoint is of another architecture", name, w.DType, w.Shape, p.Shape)
		}
		source, err := readWeight(w, p.Shape, true)
		if err != nil {
			return err
		}
		view := into.View(at, p.Shape...)
		view.CopyFrom(source, false)
		torch.FreeAll([]*torch.Tensor{source, view})
		at += p.Numel()
	}
	return nil
}

// PrepareTraining makes every parameter that is not frozen collect its gradient in flat memory.
func (s *Store) PrepareTraining() {
	if s.Grads == nil {
		s.Grads = torch.NewZeros(torch.Float32, s.Device, s.Values.Numel())
	}
	frozen := map[int64]bool{}
	s.leaves(func(p *Parameter, first int64) {
		if p.Name != "" {
			frozen[first] = p.Frozen
		} else {
			p.Frozen = frozen[first] // a joined parameter goes with its first part
		}
		p.Value.SetRequiresGrad(!p.Frozen)
		if p.Frozen {
			p.Value.SetGrad(nil)
			return
		}
		view := s.Grads.View(first, p.Shape...)
		defer view.Free()
		p.Value.SetGrad(view)
	})
}

// ZeroGrads forgets all collected gradients.
func (s *Store) ZeroGrads() { s.Grads.Fill(0) }

// Free releases all memory of the store; the model cannot be used afterwards.
func (s *Store) Free() {
	for _, p := range s.Parameters {
		p.free()
	}
	s.freeMemory()
}

// freeMemory leaves the parameters, which lie elsewhere by now.
func (s *Store) freeMemory() {
	for _, j := range s.fused {
		j.whole.free()
	}
	torch.FreeAll([]*torch.Tensor{s.Values, s.Grads, s.Compute})
}

// Initialize draws the named parameters as the paper does (Devlin et al. 2019, released code): matrices from a normal
// distribution cut at two deviations, biases 0, gains 1. The draw of a parameter depends on the seed and its name alone,
// so adding a head does not change the encoder.
func Initialize(parameters []*Parameter, deviation float64, seed uint64) {
	initialize(parameters, seed, func(t *torch.Tensor, seed uint64) { t.FillTruncatedNormal(deviation, seed) })
}

// InitializeMissing draws what a loaded model lacks, or has to learn anew, as transformers does: matrices from a normal
// distribution that is not cut. The wider draw matters for a head: its gradient is what moves the encoder in the first steps.
func InitializeMissing(parameters []*Parameter, deviation float64, seed uint64) {
	initialize(parameters, seed, func(t *torch.Tensor, seed uint64) { t.FillNormal(deviation, seed) })
}

func initialize(parameters []*Parameter, seed uint64, draw func(t *torch.Tensor, seed uint64)) {
	for _, p := range parameters {
		name := fnv.New64a()
		name.Write([]byte(p.Name))
		own := name.Sum64() ^ seed
		switch p.Kind {
		case Matrix:
			draw(p.Value, own)
		case Down:
			p.Value.FillUniform(1/math.Sqrt(float64(p.Shape[1])), own)
		case Bias, Up:
			p.Value.Fill(0)
		case Gain:
			p.Value.Fill(1)
		}
	}
}
