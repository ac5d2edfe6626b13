package torch

import "fmt"

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

var dtypeNames = map[DType]string{
	Uint8: "uint8", Int8: "int8", Int16: "int16", Int32: "int32", Int64: "int64",
	Float16: "float16", Float32: "float32", Float64: "float64", Bool: "bool", BFloat16: "bfloat16",
}

// String gives PyTorch's name of the type.
func (d DType) String() string {
	if name, ok := dtypeNames[d]; ok {
		return name
	}
	return fmt.Sprintf("dtype(%d)", int32(d))
}

// Size is the number of bytes of one element.
func (d DType) Size() int {
	switch d {
	case Uint8, Int8, Bool:
		return 1
	case Int16, Float16, BFloat16:
		return 2
	case Int32, Float32:
		return 4
	default:
		return 8
	}
}

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
	if name != "auto" {
		return ParseCompute(name)
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
	var zero T
	switch any(zero).(type) {
	case uint8:
		return Uint8
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case int64:
		return Int64
	case float32:
		return Float32
	case float64:
		return Float64
	case bool:
		return Bool
	}
	panic(&Error{Op: "dtype", Message: fmt.Sprintf("no element type for %T", zero)})
}
