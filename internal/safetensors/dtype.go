package safetensors

import "fmt"

// DType is the type of a tensor's elements. The zero value is no type.
type DType uint8

// The types, in the order of the safetensors reference implementation, which sorts by it:
// the last is written first, so that wide types come before narrow ones and all stay aligned.
const (
	Bool DType = iota + 1
	U8
	I8
	F8E5M2
	F8E4M3
	F8E8M0
	I16
	U16
	F16
	BF16
	I32
	U32
	F32
	C64
	F64
	I64
	U64
)

// String gives the name of the type in a safetensors header, such as "F32".
func (d DType) String() string {
	switch d {
	case Bool:
		return "BOOL"
	case U8:
		return "U8"
	case I8:
		return "I8"
	case F8E5M2:
		return "F8_E5M2"
	case F8E4M3:
		return "F8_E4M3"
	case F8E8M0:
		return "F8_E8M0"
	case I16:
		return "I16"
	case U16:
		return "U16"
	case F16:
		return "F16"
	case BF16:
		return "BF16"
	case I32:
		return "I32"
	case U32:
		return "U32"
	case F32:
		return "F32"
	case C64:
		return "C64"
	case F64:
		return "F64"
	case I64:
		return "I64"
	case U64:
		return "U64"
	}
	return fmt.Sprintf("DType(%d)", uint8(d))
}

// Size is the number of bytes of one element; 0 for no type.
func (d DType) Size() int {
	switch d {
	case Bool, U8, I8, F8E5M2, F8E4M3, F8E8M0:
		return 1
	case I16, U16, F16, BF16:
		return 2
	case I32, U32, F32:
		return 4
	case C64, F64, I64, U64:
		return 8
	}
	return 0
}

// ParseDType is the inverse of String.
func ParseDType(name string) (DType, error) {
	for d := Bool; d <= U64; d++ {
		if d.String() == name {
			return d, nil
		}
	}
	return 0, fmt.Errorf("unknown dtype %q", name)
}
