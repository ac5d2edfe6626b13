package bert

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"gobert/internal/torch"
)

// Kind says how a parameter is initialised and whether weight decay applies to it.
type Kind int

// The kinds of parameters of a BERT.
const (
	Matrix Kind = iota // drawn from a truncated normal distribution, decayed
	Bias               // zero, not decayed
	Gain               // a norm's scale: one, not decayed
	Down               // an adapter's map into its low rank: drawn uniformly, decayed
	Up                 // an adapter's map back: zero, decayed
)

// Decayed says whether weight decay applies to parameters of the kind.
func (k Kind) Decayed() bool { return k == Matrix || k == Down || k == Up }

// A Parameter is one trained tensor: its place in the checkpoint, its fp32 value and, once training was prepared, the
// part of the flat gradient that belongs to it.
type Parameter struct {
	Name  string // the checkpoint's name, such as bert.encoder.layer.0.output.dense.weight
	Shape []int64
	Kind  Kind

	Value   *torch.Tensor // fp32 master, a part of the store's flat memory
	Compute *torch.Tensor // what products use: Value, or a copy in the compute type
	Frozen  bool
	Rate    float64 // multiplies the learning rate, for layer-wise decay; 0 means 1

	lent bool // the value is another network's
}

// LearningRate is what the parameter's learning rate is multiplied by.
func (p *Parameter) LearningRate() float64 { return cmp.Or(p.Rate, 1) }

// set gives the parameter another value, in fp32, that is in no store.
func (p *Parameter) set(value *torch.Tensor) {
	p.free()
	p.Value, p.Compute, p.lent = value, value, false
}

// Borrow gives the parameter the value of another network's, which stays that one's: it must outlast this one, and neither is trained.
func (p *Parameter) Borrow(from *Parameter) {
	p.Value, p.Compute, p.lent = from.Value, from.Compute, true
}

// Borrowed says whether the value is another network's.
func (p *Parameter) Borrowed() bool { return p.lent }

func (p *Parameter) free() {
	if p.lent {
		return
	}
	if p.Compute != p.Value {
		p.Compute.Free()
	}
	p.Value.Free()
}

func newParameter(kind Kind, shape ...int64) *Parameter { return &Parameter{Shape: shape, Kind: kind} }

// NewBias declares a vector that starts at 0 and is not decayed.
func NewBias(width int) *Parameter { return newParameter(Bias, int64(width)) }

// Numel is the number of elements.
func (p *Parameter) Numel() int64 {
	n := int64(1)
	for _, s := range p.Shape {
		n *= s
	}
	return n
}

// Parameters lists the parameters of a model in the order of its fields, and names each by the path of `hf` tags that
// leads to it: the struct is the checkpoint. A nil module or parameter is left out.
func Parameters(model any) []*Parameter {
	var list []*Parameter
	walk(reflect.ValueOf(model), "", func(p *Parameter, name string) {
		p.Name = name
		list = append(list, p)
	})
	return list
}

// walk visits everything of type T, a pointer, that `hf` tags lead to.
func walk[T any](v reflect.Value, path string, visit func(found T, name string)) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		if found, ok := v.Interface().(T); ok {
			visit(found, path)
			return
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), join(path, fmt.Sprint(i)), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if tag, ok := v.Type().Field(i).Tag.Lookup("hf"); ok {
				walk(v.Field(i), join(path, tag), visit)
			}
		}
	}
}

func join(path, name string) string {
	return strings.Trim(path+"."+name, ".")
}
