package weights

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

// dtypes says what each type is called in each format. What a format lacks is empty.
var dtypes = [...]struct {
	name       string // in a header of safetensors
	size       int    // of one element, in bytes
	torch      string // the torch.dtype
	storage    string // the class of torch whose storages hold it
	tensorflow uint64 // tensorflow/core/framework/types.proto
}{
	Bool:   {"BOOL", 1, "bool", "BoolStorage", 10},
	U8:     {"U8", 1, "uint8", "ByteStorage", 4},
	I8:     {"I8", 1, "int8", "CharStorage", 6},
	F8E5M2: {"F8_E5M2", 1, "float8_e5m2", "", 24},
	F8E4M3: {"F8_E4M3", 1, "float8_e4m3fn", "", 25},
	F8E8M0: {"F8_E8M0", 1, "float8_e8m0fnu", "", 0},
	I16:    {"I16", 2, "int16", "ShortStorage", 5},
	U16:    {"U16", 2, "uint16", "", 17},
	F16:    {"F16", 2, "float16", "HalfStorage", 19},
	BF16:   {"BF16", 2, "bfloat16", "BFloat16Storage", 14},
	I32:    {"I32", 4, "int32", "IntStorage", 3},
	U32:    {"U32", 4, "uint32", "", 22},
	F32:    {"F32", 4, "float32", "FloatStorage", 1},
	C64:    {"C64", 8, "complex64", "ComplexFloatStorage", 8},
	F64:    {"F64", 8, "float64", "DoubleStorage", 2},
	I64:    {"I64", 8, "int64", "LongStorage", 9},
	U64:    {"U64", 8, "uint64", "", 23},
}

// String gives the name of the type in a safetensors header, such as "F32".
func (d DType) String() string {
	if d == 0 || int(d) >= len(dtypes) {
		return fmt.Sprintf("DType(%d)", uint8(d))
	}
	return dtypes[d].name
}

// Size is the number of bytes of one element; 0 for no type.
func (d DType) Size() int {
	if int(d) >= len(dtypes) {
		return 0
	}
	return dtypes[d].size
}

// ParseDType is the inverse of String.
func ParseDType(name string) (DType, error) {
	for d := Bool; d <= U64; d++ {
		if dtypes[d].name == name {
			return d, nil
		}
	}
	return 0, fmt.Errorf("unknown dtype %q", name)
}

// torchDType finds the type that a torch.dtype such as torch.uint16 names.
func torchDType(name pyGlobal) (DType, bool) {
	for d := Bool; d <= U64; d++ {
		if name == (pyGlobal{"torch", dtypes[d].torch}) {
			return d, true
		}
	}
	return 0, false
}

// storageDType finds the type of the elements in a storage of a class of torch, such as torch.FloatStorage.
func storageDType(class pyGlobal) (DType, bool) {
	const untyped = "UntypedStorage"
	if class == (pyGlobal{"torch.storage", untyped}) || class == (pyGlobal{"torch", untyped}) {
		return U8, true
	}
	for d := Bool; d <= U64; d++ {
		if name := dtypes[d].storage; name != "" && class == (pyGlobal{"torch", name}) {
			return d, true
		}
	}
	return 0, false
}

// tensorflowDType finds the counterpart of one of TensorFlow's types; 0 where there is none.
func tensorflowDType(number uint64) DType {
	for d := Bool; d <= U64; d++ {
		if number != 0 && dtypes[d].tensorflow == number {
			return d
		}
	}
	return 0
}
