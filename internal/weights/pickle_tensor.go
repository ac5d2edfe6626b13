package weights

import (
	"errors"
	"fmt"
	"math/bits"
)

// A storage is a run of elements in the file; its bytes are found after the pickle was read.
type storage struct {
	key   string
	bytes int64 // what the pickle claims
	data  []byte
}

// A view is a tensor as the pickle describes it: a strided window on a storage.
type view struct {
	storage       *storage
	dtype         DType
	offset        int64 // in elements, as are strides
	shape, stride []int64
}

// pushStorage replaces the tuple ("storage", class, key, device, elements, ...) by a storage.
func (m *machine) pushStorage() error {
	value, err := m.pop()
	if err != nil {
		return err
	}
	id, _ := value.(pyTuple)
	if len(id) < 5 || id[0] != any("storage") {
		return fmt.Errorf("expected the description of a storage, got a %s of %d", pyKind(value), len(id))
	}
	class, _ := id[1].(pyGlobal)
	dtype, ok := storageDType(class)
	if !ok {
		return fmt.Errorf("expected a class of storage, got %s", pyKind(id[1]))
	}
	key, isText := id[2].(string)
	elements, isInt := id[4].(int64)
	if !isText || !isInt {
		return fmt.Errorf("expected a storage's key and number of elements, got %s and %s", pyKind(id[2]), pyKind(id[4]))
	}
	size, err := byteSize(dtype, []int64{elements})
	if err != nil {
		return fmt.Errorf("storage %q: %w", key, err)
	}
	if len(id) > 5 && id[5] != nil {
		return fmt.Errorf("storage %q: a view of another storage (PyTorch before 0.4) cannot be read; save it again", key)
	}
	if m.storages[key] == nil {
		m.storages[key] = &storage{key: key}
	}
	m.storages[key].bytes = max(m.storages[key].bytes, size)
	m.push(typedStorage{m.storages[key], dtype})
	return nil
}

// typedStorage is a storage on the stack, with the type its class gives it.
type typedStorage struct {
	*storage
	dtype DType
}

// rebuildTensor takes (storage, offset, shape, stride, ...), of at least n arguments.
func rebuildTensor(args pyTuple, n int) (any, error) {
	if len(args) < n {
		return nil, fmt.Errorf("expected %d arguments, got %d", n, len(args))
	}
	base, ok := args[0].(typedStorage)
	if !ok {
		return nil, fmt.Errorf("expected a storage, got %s", pyKind(args[0]))
	}
	offset, ok := args[1].(int64)
	shape, err := integers(args[2])
	stride, err2 := integers(args[3])
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	if !ok || offset < 0 || len(shape) != len(stride) {
		return nil, fmt.Errorf("expected an offset and as many strides as extents, got %s, %v, %v", pyKind(args[1]), stride, shape)
	}
	return &view{base.storage, base.dtype, offset, shape, stride}, nil
}

// rebuildTypedTensor takes the same with a dtype as the seventh argument.
func rebuildTypedTensor(args pyTuple) (any, error) {
	value, err := rebuildTensor(args, 7)
	if err != nil {
		return nil, err
	}
	name, _ := args[6].(pyGlobal)
	dtype, ok := torchDType(name)
	if !ok {
		return nil, fmt.Errorf("expected a dtype, got %s", pyKind(args[6]))
	}
	tensor := value.(*view)
	tensor.dtype = dtype
	return tensor, nil
}

// integers converts a tuple of integers.
func integers(value any) ([]int64, error) {
	items, ok := value.(pyTuple)
	if !ok {
		return nil, fmt.Errorf("expected a tuple of integers, got %s", pyKind(value))
	}
	numbers := make([]int64, len(items))
	for i, item := range items {
		if numbers[i], ok = item.(int64); !ok {
			return nil, fmt.Errorf("expected an integer, got %s", pyKind(item))
		}
	}
	return numbers, nil
}

// contents gives the tensor's elements row by row: a window on the storage where they lie so,
// else a copy, which is taken from budget.
func (v *view) contents(budget *int64) ([]byte, error) {
	size, err := byteSize(v.dtype, v.shape)
	if err != nil || size == 0 {
		return nil, err
	}
	last, contiguous, err := v.reach()
	if err != nil {
		return nil, err
	}
	width := int64(v.dtype.Size())
	if available := int64(len(v.storage.data)) / width; last >= available {
		return nil, fmt.Errorf("reaches element %d of storage %q, which has %d", last, v.storage.key, available)
	}
	if contiguous {
		begin := v.offset * width
		return v.storage.data[begin : begin+size : begin+size], nil
	}
	if *budget -= size; *budget < 0 {
		return nil, fmt.Errorf("a strided view of shape %v repeats elements beyond the size of the file; save contiguous tensors", v.shape)
	}
	return v.gather(int(size), int(width)), nil
}

// reach gives the highest element that the view touches, and whether it is dense and in order.
func (v *view) reach() (last int64, contiguous bool, err error) {
	const limit = 1 << 56 // of elements: no overflow when multiplied by their width
	last, contiguous = v.offset, v.offset < limit
	dense := int64(1)
	for i := len(v.shape) - 1; i >= 0; i-- {
		if v.shape[i] == 1 {
			continue // the stride of a single element is never used
		}
		contiguous = contiguous && v.stride[i] == dense
		dense *= v.shape[i]
		hi, lo := bits.Mul64(uint64(v.shape[i]-1), uint64(v.stride[i]))
		if v.stride[i] < 0 || hi != 0 || lo > limit || last > limit {
			return 0, false, fmt.Errorf("stride %v with shape %v is impossible (damaged?)", v.stride, v.shape)
		}
		last += int64(lo)
	}
	return last, contiguous, nil
}

// gather copies the elements of width bytes in row-major order.
func (v *view) gather(size, width int) []byte {
	out := make([]byte, 0, size)
	index := make([]int64, len(v.shape))
	at := v.offset
	for len(out) < size {
		begin := at * int64(width)
		out = append(out, v.storage.data[begin:begin+int64(width)]...)
		for i := len(index) - 1; i >= 0; i-- {
			at += v.stride[i]
			if index[i]++; index[i] < v.shape[i] {
				break
			}
			at -= index[i] * v.stride[i]
			index[i] = 0
		}
	}
	return aligned(v.dtype, out)
}
