package pickle

import (
	"fmt"

	"gobert/internal/safetensors"
)

// storageType gives the element type of a storage class of torch, such as FloatStorage.
func storageType(class global) (safetensors.DType, bool) {
	if class == (global{"torch.storage", "UntypedStorage"}) {
		return safetensors.U8, true
	}
	if class.module != "torch" {
		return 0, false
	}
	dtype, ok := map[string]safetensors.DType{
		"FloatStorage": safetensors.F32, "HalfStorage": safetensors.F16, "BFloat16Storage": safetensors.BF16, "DoubleStorage": safetensors.F64,
		"LongStorage": safetensors.I64, "IntStorage": safetensors.I32, "ShortStorage": safetensors.I16, "CharStorage": safetensors.I8,
		"ByteStorage": safetensors.U8, "BoolStorage": safetensors.Bool, "ComplexFloatStorage": safetensors.C64, "UntypedStorage": safetensors.U8,
	}[class.name]
	return dtype, ok
}

// torchType gives the element type that a torch.dtype such as torch.uint16 names.
func torchType(value any) (safetensors.DType, bool) {
	name, _ := value.(global)
	if name.module != "torch" {
		return 0, false
	}
	dtype, ok := map[string]safetensors.DType{
		"float32": safetensors.F32, "float16": safetensors.F16, "bfloat16": safetensors.BF16, "float64": safetensors.F64, "complex64": safetensors.C64,
		"int64": safetensors.I64, "int32": safetensors.I32, "int16": safetensors.I16, "int8": safetensors.I8, "uint8": safetensors.U8, "bool": safetensors.Bool,
		"uint16": safetensors.U16, "uint32": safetensors.U32, "uint64": safetensors.U64,
		"float8_e5m2": safetensors.F8E5M2, "float8_e4m3fn": safetensors.F8E4M3, "float8_e8m0fnu": safetensors.F8E8M0,
	}[name.name]
	return dtype, ok
}

// constructor gives what stands here for a function that a pickle may name, and so call.
func constructor(name global) (func(args tuple) (any, error), bool) {
	switch name {
	case global{"collections", "OrderedDict"}:
		return orderedDict, true
	case global{"torch._utils", "_rebuild_tensor"}:
		return func(args tuple) (any, error) { return rebuildTensor(args, 4) }, true
	case global{"torch._utils", "_rebuild_tensor_v2"}:
		return func(args tuple) (any, error) { return rebuildTensor(args, 6) }, true
	case global{"torch._utils", "_rebuild_tensor_v3"}:
		return rebuildTypedTensor, true
	case global{"torch._utils", "_rebuild_parameter"}, global{"torch._utils", "_rebuild_parameter_with_state"}:
		return rebuildParameter, true
	case global{"torch", "Size"}, global{"torch", "device"}, global{"_codecs", "encode"}:
		return firstArgument, true
	}
	return nil, false
}

// construct carries out the instructions that in Python import and call.
func (m *machine) construct(op byte) error {
	switch op {
	case opGlobal:
		module, err := m.line()
		if err != nil {
			return err
		}
		name, err := m.line()
		if err != nil {
			return err
		}
		return m.pushGlobal(global{module, name})
	case opPersID:
		return m.pushStorage()
	}
	pair, err := m.popN(2)
	if err != nil {
		return err
	}
	switch op {
	case opStackGlobal:
		module, ok := pair[0].(string)
		name, ok2 := pair[1].(string)
		if !ok || !ok2 {
			return fmt.Errorf("expected the name of a global, got %s and %s", kind(pair[0]), kind(pair[1]))
		}
		return m.pushGlobal(global{module, name})
	case opBuild: // attributes of a dictionary, such as _metadata, say nothing about weights
		if _, ok := pair[0].(*dict); !ok {
			return fmt.Errorf("the attributes of a %s cannot be set; only a dictionary's can, to no effect", kind(pair[0]))
		}
		m.push(pair[0])
		return nil
	}
	name, _ := pair[0].(global)
	call, ok := constructor(name)
	args, isTuple := pair[1].(tuple)
	if !ok || !isTuple {
		return fmt.Errorf("a call of %s with a %s is refused", kind(pair[0]), kind(pair[1]))
	}
	value, err := call(args)
	if err != nil {
		return fmt.Errorf("%v: %w", name, err)
	}
	m.push(value)
	return nil
}

// pushGlobal pushes a name if it is one that weights need.
func (m *machine) pushGlobal(name global) error {
	_, isCall := constructor(name)
	_, isStorage := storageType(name)
	_, isType := torchType(name)
	if !isCall && !isStorage && !isType {
		return fmt.Errorf("the file asks to load %q, which weights do not need; refused, for it could run any code "+
			"(if you trust the file, save its state_dict as safetensors in Python)", name.String())
	}
	m.push(name)
	return nil
}

// orderedDict makes an empty dictionary, or one of a list of pairs.
func orderedDict(args tuple) (any, error) {
	made := &dict{}
	if len(args) == 0 {
		return made, nil
	}
	pairs, ok := args[0].(*list)
	if !ok {
		return nil, fmt.Errorf("expected a list of pairs, got %s", kind(args[0]))
	}
	for _, item := range pairs.items {
		key, value, err := keyValue(item)
		if err != nil {
			return nil, err
		}
		made.keys, made.values = append(made.keys, key), append(made.values, value)
	}
	return made, nil
}

// keyValue takes apart a pair, which early versions of Python pickle as a list.
func keyValue(item any) (key, value any, err error) {
	pair, _ := item.(tuple)
	if items, ok := item.(*list); ok {
		pair = items.items
	}
	if len(pair) != 2 {
		return nil, nil, fmt.Errorf("expected a pair, got %s", kind(item))
	}
	return pair[0], pair[1], nil
}

// rebuildParameter gives the tensor that is a parameter's first argument.
func rebuildParameter(args tuple) (any, error) {
	if len(args) > 0 {
		if tensor, ok := args[0].(*view); ok {
			return tensor, nil
		}
	}
	return nil, fmt.Errorf("expected a tensor first in %d arguments", len(args))
}

// firstArgument stands for constructors of values that no weight depends on.
func firstArgument(args tuple) (any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	return args[0], nil
}
