package weights

import "fmt"

// constructor gives what stands here for a function that a pickle may name, and so call.
func constructor(name pyGlobal) (func(args pyTuple) (any, error), bool) {
	switch name {
	case pyGlobal{"collections", "OrderedDict"}:
		return orderedDict, true
	case pyGlobal{"torch._utils", "_rebuild_tensor"}:
		return func(args pyTuple) (any, error) { return rebuildTensor(args, 4) }, true
	case pyGlobal{"torch._utils", "_rebuild_tensor_v2"}:
		return func(args pyTuple) (any, error) { return rebuildTensor(args, 6) }, true
	case pyGlobal{"torch._utils", "_rebuild_tensor_v3"}:
		return rebuildTypedTensor, true
	case pyGlobal{"torch._utils", "_rebuild_parameter"}, pyGlobal{"torch._utils", "_rebuild_parameter_with_state"}:
		return rebuildParameter, true
	case pyGlobal{"torch", "Size"}, pyGlobal{"torch", "device"}, pyGlobal{"_codecs", "encode"}:
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
		return m.pushGlobal(pyGlobal{module, name})
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
			return fmt.Errorf("expected the name of a global, got %s and %s", pyKind(pair[0]), pyKind(pair[1]))
		}
		return m.pushGlobal(pyGlobal{module, name})
	case opBuild: // attributes of a dictionary, such as _metadata, say nothing about weights
		if _, ok := pair[0].(*pyDict); !ok {
			return fmt.Errorf("the attributes of a %s cannot be set; only a dictionary's can, to no effect", pyKind(pair[0]))
		}
		m.push(pair[0])
		return nil
	}
	name, _ := pair[0].(pyGlobal)
	call, ok := constructor(name)
	args, isTuple := pair[1].(pyTuple)
	if !ok || !isTuple {
		return fmt.Errorf("a call of %s with a %s is refused", pyKind(pair[0]), pyKind(pair[1]))
	}
	value, err := call(args)
	if err != nil {
		return fmt.Errorf("%v: %w", name, err)
	}
	m.push(value)
	return nil
}

// pushGlobal pushes a name if it is one that weights need.
func (m *machine) pushGlobal(name pyGlobal) error {
	_, isCall := constructor(name)
	_, isStorage := storageDType(name)
	_, isType := torchDType(name)
	if !isCall && !isStorage && !isType {
		return fmt.Errorf("the file asks to load %q, which weights do not need; refused, for it could run any code "+
			"(if you trust the file, save its state_dict as safetensors in Python)", name.String())
	}
	m.push(name)
	return nil
}

// orderedDict makes an empty dictionary, or one of a list of pairs.
func orderedDict(args pyTuple) (any, error) {
	made := &pyDict{}
	if len(args) == 0 {
		return made, nil
	}
	pairs, ok := args[0].(*pyList)
	if !ok {
		return nil, fmt.Errorf("expected a list of pairs, got %s", pyKind(args[0]))
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
	pair, _ := item.(pyTuple)
	if items, ok := item.(*pyList); ok {
		pair = items.items
	}
	if len(pair) != 2 {
		return nil, nil, fmt.Errorf("expected a pair, got %s", pyKind(item))
	}
	return pair[0], pair[1], nil
}

// rebuildParameter gives the tensor that is a parameter's first argument.
func rebuildParameter(args pyTuple) (any, error) {
	if len(args) > 0 {
		if tensor, ok := args[0].(*view); ok {
			return tensor, nil
		}
	}
	return nil, fmt.Errorf("expected a tensor first in %d arguments", len(args))
}

// firstArgument stands for constructors of values that no weight depends on.
func firstArgument(args pyTuple) (any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	return args[0], nil
}
