package weights

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// errCut reports a pickle that ends before it is complete.
var errCut = errors.New("the pickle ends too early (file cut short?)")

// A machine executes one pickle of Python. Values on its stack are nil, bool, int64, float64, string,
// []byte, pyLong, pyTuple, *pyList, *pyDict, pyGlobal, typedStorage, *view or pyMark.
//
// Every instruction allocates at most in proportion to the bytes or stack entries that it
// consumes, so that memory is bounded by the size of the pickle.
type machine struct {
	code     []byte
	at       int
	stack    []any
	memo     map[uint32]any
	storages map[string]*storage // by key; shared by all tensors on them
}

type (
	pyMark  struct{}
	pyTuple []any
	pyLong  []byte // an integer of more than 64 bits, little-endian two's complement
	pyList  struct{ items []any }
	pyDict  struct{ keys, values []any }

	// A pyGlobal names something of Python. It is only a name here.
	pyGlobal struct{ module, name string }
)

func (g pyGlobal) String() string { return g.module + "." + g.name }

// pyKind names the type of a value for error messages. Values themselves are never printed: a
// hostile one may contain itself.
func pyKind(value any) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case pyGlobal:
		return v.String()
	case typedStorage:
		return "storage " + v.key
	case *view:
		return "tensor"
	case *pyDict:
		return "dict"
	case *pyList:
		return "list"
	case pyTuple:
		return "tuple"
	}
	return fmt.Sprintf("%T", value)
}

// runPickle executes the pickle at the start of code and gives its value and its length.
func runPickle(code []byte, storages map[string]*storage) (value any, length int, err error) {
	m := &machine{code: code, memo: map[uint32]any{}, storages: storages}
	for {
		begin := m.at
		op, err := m.byte()
		if err != nil {
			return nil, 0, err
		}
		if op == opStop {
			value, err := m.pop()
			return value, m.at, err
		}
		if err := m.execute(op); err != nil {
			return nil, 0, fmt.Errorf("at byte %d of the pickle: %w", begin, err)
		}
	}
}

// bytes consumes n bytes of code.
func (m *machine) bytes(n uint64) ([]byte, error) {
	if n > uint64(len(m.code)-m.at) {
		return nil, errCut
	}
	m.at += int(n)
	return m.code[m.at-int(n) : m.at], nil
}

func (m *machine) byte() (byte, error) {
	b, err := m.bytes(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// uint consumes an unsigned little-endian number of n bytes, at most 8.
func (m *machine) uint(n int) (uint64, error) {
	b, err := m.bytes(uint64(n))
	if err != nil {
		return 0, err
	}
	var wide [8]byte
	copy(wide[:], b)
	return binary.LittleEndian.Uint64(wide[:]), nil
}

// counted consumes a length of n bytes and that many bytes after it.
func (m *machine) counted(n int) ([]byte, error) {
	length, err := m.uint(n)
	if err != nil {
		return nil, err
	}
	return m.bytes(length)
}

// line consumes text up to a newline.
func (m *machine) line() (string, error) {
	text, _, found := bytes.Cut(m.code[m.at:], []byte("\n"))
	if !found {
		return "", errCut
	}
	m.at += len(text) + 1
	return string(text), nil
}

func (m *machine) push(value any) { m.stack = append(m.stack, value) }

func (m *machine) pop() (any, error) {
	if len(m.stack) == 0 {
		return nil, errors.New("the stack is empty (damaged?)")
	}
	value := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	if value == (pyMark{}) {
		return nil, errors.New("expected a value on the stack, found a mark (damaged?)")
	}
	return value, nil
}

// popN pops n values, the deepest first.
func (m *machine) popN(n int) (pyTuple, error) {
	values := make(pyTuple, n)
	for i := range values {
		value, err := m.pop()
		if err != nil {
			return nil, err
		}
		values[n-1-i] = value
	}
	return values, nil
}

// popMark pops all values above the last mark, and the mark.
func (m *machine) popMark() (pyTuple, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if _, ok := m.stack[i].(pyMark); ok {
			values := append(pyTuple(nil), m.stack[i+1:]...)
			m.stack = m.stack[:i]
			return values, nil
		}
	}
	return nil, errors.New("expected a mark on the stack, found none (damaged?)")
}

// top gives the topmost value without popping it.
func (m *machine) top() (any, error) {
	value, err := m.pop()
	if err == nil {
		m.push(value)
	}
	return value, err
}
