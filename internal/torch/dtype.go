package torch

import (
	"fmt"
	"reflect"
)

// DType is an element type, numbered as LibTorch numbers its scalar types.
type DType int32

// The element types a BERT meets.
const (
	Uint8    DType = 0
	Int8     DType = 1
	Int16    DType = 2
	Int32    DType = 3
	Int64    DType = 4
	Float16  DType = 5
	Float32  DType = 6
	Float64  DType = 7
	Bool     DType = 11
	BFloat16 DType = 15
)

// dtypes are their names, as PyTorch has them, their sizes in bytes, and the Go types that hold them; the halves have none.
var dtypes = [...]struct {
	name string
	size int
	kind reflect.Kind
}{
	Uint8: {"uint8", 1, reflect.Uint8}, Int8: {"int8", 1, reflect.Int8}, Int16: {"int16", 2, reflect.Int16}, Int32: {"int32", 4, reflect.Int32},
	Int64: {"int64", 8, reflect.Int64}, Float16: {name: "float16", size: 2}, Float32: {"float32", 4, reflect.Float32},
	Float64: {"float64", 8, reflect.Float64}, Bool: {"bool", 1, reflect.Bool}, BFloat16: {name: "bfloat16", size: 2},
}

// String gives PyTorch's name of the type.
func (d DType) String() string {
	if d >= 0 && int(d) < len(dtypes) && dtypes[d].name != "" {
		return dtypes[d].name
	}
	return fmt.Sprintf("dtype(%d)", int32(d))
}

// Size is the number of bytes of one element.
func (d DType) Size() int { return dtypes[d].size }

// ParseCompute reads the name of a compute type as users write it: fp32, bf16 or fp16.
func ParseCompute(name string) (DType, error) {
	switch name {
	case "fp32", "float32":
		return Float32, nil
	case "bf16", "bfloat16":
		return BFloat16, nil
	case "fp16", "float16":
		return Float16, nil
	}
	return 0, fmt.Errorf("unknown compute type %q: expected fp32, bf16 or fp16", name)
}

// ampere is the first capability of a GPU that multiplies bfloat16.
const ampere = 8

// ParseComputeOn is [ParseCompute], and for "auto" the best that a device multiplies itself: bfloat16, or float32.
func ParseComputeOn(d Device, name string) (DType, error) {
	if name == "int8" {
		if d.IsCUDA() {
			return 0, fmt.Errorf("products of int8 are for the CPU, not for %v: expected fp32, bf16, fp16 or auto", d)
		}
		return Int8, nil
	}
	if name != "auto" {
		dtype, err := ParseCompute(name)
		if err != nil {
			err = fmt.Errorf("unknown compute type %q: expected fp32, bf16, fp16, int8 or auto", name)
		}
		return dtype, err
	}
	multiplies := CPUHasBF16()
	if d.IsCUDA() {
		card, err := d.Card()
		multiplies = err == nil && card.Major >= ampere
	}
	if multiplies {
		return BFloat16, nil
	}
	return Float32, nil
}

// Element is a Go type whose slices can become tensors and back.
type Element interface {
	~uint8 | ~int8 | ~int16 | ~int32 | ~int64 | ~float32 | ~float64 | ~bool
}

// dtypeOf gives the element type that holds T.
func dtypeOf[T Element]() DType {
	kind := reflect.TypeFor[T]().Kind()
	for d, known := range dtypes {
		if known.kind == kind {
			return DType(d)
		}
	}
	panic(&Error{Op: "dtype", Message: fmt.Sprintf("no element type for %v", kind)})
}
