package bert

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"gobert/internal/fault"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

// An Adapter corrects a linear map by one of low rank, LoRA: y += scale * (dropout(x) A^T) B^T (Hu et al. 2021, section
// 4.1). The names are those that PEFT gives.
type Adapter struct {
	A *Parameter `hf:"lora_A.weight"` // [rank,in]
	B *Parameter `hf:"lora_B.weight"` // [out,rank]

	Scale   float64
	Dropout float64
	Low     *torch.LowRank // of whoever lets networks share a base; it is freed with the copies of weights
}

// AdapterOptions say which maps get an adapter, and of what size.
type AdapterOptions struct {
	Rank    int      `json:"rank"`
	Alpha   float64  `json:"alpha"`   // the correction is scaled by Alpha/Rank
	Dropout float64  `json:"dropout"` // of the adapter's input
	Targets []string `json:"targets"` // ends of module names, such as query, value, output.dense
	Rooted  bool     `json:"rooted"`  // scale by Alpha/sqrt(Rank) instead (Kalajdzievski 2023)
}

// Forward is the correction for x [N,in].
func (a *Adapter) Forward(p *torch.Pass, x *torch.Tensor) *torch.Tensor {
	if p.Train {
		x = p.CounterDropout(x, a.Dropout)
	}
	low := p.Linear(x, torch.Weight{Matrix: a.A.Value, Compute: a.A.Compute})
	return p.Scale(p.Linear(low, torch.Weight{Matrix: a.B.Value, Compute: a.B.Compute}), a.Scale)
}

// visitLinears calls visit with the linear maps of a network and their module names, in the order of the fields.
func visitLinears(n Network, visit func(l *Linear, name string)) { walk(reflect.ValueOf(n), "", visit) }

// AddAdapters gives every linear map of the encoder whose name ends in one of the targets an adapter without values, and
// freezes all else of the encoder. It says which maps those are.
func AddAdapters(n Network, o AdapterOptions) (adapted []string, err error) {
	if o.Rank < 1 || !(o.Alpha > 0) || !(o.Dropout >= 0 && o.Dropout < 1) {
		return nil, fmt.Errorf("bert: an adapter of rank %d, alpha %v, dropout %v: expected a rank of at least 1, a positive alpha and a dropout from 0 to below 1",
			o.Rank, o.Alpha, o.Dropout)
	}
	for _, p := range Parameters(n.Encoder()) {
		p.Frozen = true
	}
	used := map[string]bool{}
	visitLinears(n, func(l *Linear, name string) {
		hit := false
		for _, target := range o.Targets {
			if name == target || strings.HasSuffix(name, "."+target) {
				hit, used[target] = true, true
			}
		}
		if !hit || !l.Weight.Frozen {
			return
		}
		out, in := l.Weight.Shape[0], l.Weight.Shape[1]
		l.Adapter = &Adapter{A: newParameter(Down, int64(o.Rank), in), B: newParameter(Up, out, int64(o.Rank)), Scale: o.scale(), Dropout: o.Dropout}
		adapted = append(adapted, name)
	})
	for _, target := range o.Targets {
		if !used[target] && err == nil {
			err = fault.New("bert: no linear map of the encoder is called %q", target).Advise("query, key, value, attention.output.dense, intermediate.dense, output.dense")
		}
	}
	Parameters(n) // names the new ones
	return adapted, err
}

func (o AdapterOptions) scale() float64 {
	if o.Rooted {
		return o.Alpha / math.Sqrt(float64(o.Rank))
	}
	return o.Alpha / float64(o.Rank)
}

// corrected is a weight with the adapter's correction added.
func (a *Adapter) corrected(p *torch.Pass, weight *Parameter) *torch.Tensor {
	return p.Add(p.Floats(weight.Value), p.Scale(p.Matmul(a.B.Value, a.A.Value), a.Scale))
}

// MergeAdapters adds every adapter's correction to its map and takes the adapter away. It runs on the LibTorch thread.
func MergeAdapters(n Network) {
	n.Encoder().unreorder()
	p := torch.Begin(torch.Mode{Device: n.Encoder().Mode().Device})
	defer p.Close()
	visitLinears(n, func(l *Linear, _ string) {
		if l.Adapter == nil {
			return
		}
		sum := p.Keep(l.Adapter.corrected(p, l.Weight))
		l.Adapter.A.free()
		l.Adapter.B.free()
		l.Weight.set(sum)
		l.Adapter = nil
	})
	n.Encoder().moveAgain(n)
}

// LoadAdapters gives a network adapters, and these and other parameters their values from a safetensors file, which has their names
// behind root. It says which maps were adapted, and which parameters the file had.
func LoadAdapters(n Network, path, root string, o AdapterOptions) (maps, loaded []string, err error) {
	file, err := weights.OpenSafetensors(path)
	if err != nil {
		return nil, nil, fmt.Errorf("bert: %w", err)
	}
	defer file.Close()
	if maps, err = AddAdapters(n, o); err != nil {
		return nil, nil, err
	}
	return maps, loaded, torch.Run(func() error {
		n.Encoder().unreorder()
		for _, p := range Parameters(n) {
			w, ok := file.Tensor(root + p.Name)
			if !ok {
				if p.Kind == Down || p.Kind == Up {
					return fmt.Errorf("bert: %s lacks %s%s", path, root, p.Name)
				}
				continue
			}
			value, err := readWeight(w, p.Shape, false)
			if err != nil {
				return err
			}
			p.set(value)
			p.Frozen = false
			loaded = append(loaded, p.Name)
		}
		n.Encoder().moveAgain(n)
		return nil
	})
}

// Corrected is the encoder with additions to its maps, for one pass. The maps of a layer are query, key, value, all of them side by
// side, attention's output, up and down. It reads the same weights.
func (m *Model) Corrected(of func(layer, which int) []torch.Addition) *Model {
	t := &Model{Config: m.Config, Embeddings: m.Embeddings, reordered: true}
	for i, l := range m.Layers {
		a, which := l.Attention, 0
		next := func(l *Linear) *Linear {
			which++
			if list := of(i, which-1); len(list) > 0 && l != nil {
				return &Linear{Weight: l.Weight, Bias: l.Bias, reordered: l.reordered, added: list}
			}
			return l
		}
		attention := &Attention{Query: next(a.Query), Key: next(a.Key), Value: next(a.Value), whole: next(a.whole), Output: next(a.Output), Norm: a.Norm}
		t.Layers = append(t.Layers, &Layer{attention, &MLP{Up: next(l.MLP.Up), Down: next(l.MLP.Down), Norm: l.MLP.Norm}})
	}
	return t
}

// Instead computes what [Model.Forward] gives in its place, or leaves it to the model.
type Instead func(p *torch.Pass, in *Packed, want Want) (States, bool)

// StandIn lets f compute for the encoder of a network. One whose weights are borrowed has no copies of its own, and frees what is its own.
func (m *Model) StandIn(n Network, f Instead, borrowed bool) {
	if m.instead = f; borrowed {
		m.filled, m.reordered = n, true
	}
}
