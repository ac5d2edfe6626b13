package weights

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// The instructions that torch.save emits in any protocol, with the names of Python's pickletools.
const (
	opProto, opFrame, opStop                             = 0x80, 0x95, '.'
	opMark, opPop, opDup, opPopMark                      = '(', '0', '2', '1'
	opNone, opTrue, opFalse                              = 'N', 0x88, 0x89
	opInt, opInt1, opInt2, opLong1, opLong4, opFloat     = 'J', 'K', 'M', 0x8a, 0x8b, 'G'
	opUnicode, opUnicode1, opUnicode8                    = 'X', 0x8c, 0x8d
	opString, opString1, opBytes, opBytes1, opBytes8     = 'T', 'U', 'B', 'C', 0x8e
	opEmptyTuple, opTuple, opTuple1, opTuple2, opTuple3  = ')', 't', 0x85, 0x86, 0x87
	opEmptyList, opAppend, opAppends                     = ']', 'a', 'e'
	opEmptyDict, opSetItem, opSetItems                   = '}', 's', 'u'
	opPut, opPut4, opMemoize, opGet, opGet4              = 'q', 'r', 0x94, 'h', 'j'
	opGlobal, opStackGlobal, opReduce, opBuild, opPersID = 'c', 0x93, 'R', 'b', 'Q'
)

// execute carries out one instruction other than opStop.
func (m *machine) execute(op byte) error {
	switch op {
	case opProto:
		_, err := m.byte()
		return err
	case opFrame:
		_, err := m.uint(8)
		return err
	case opMark, opPop, opDup, opPopMark:
		return m.shuffle(op)
	case opEmptyTuple, opTuple, opTuple1, opTuple2, opTuple3:
		return m.makeTuple(op)
	case opEmptyList, opEmptyDict, opAppend, opAppends, opSetItem, opSetItems:
		return m.collect(op)
	case opPut, opPut4, opMemoize, opGet, opGet4:
		return m.remember(op)
	case opGlobal, opStackGlobal, opReduce, opBuild, opPersID:
		return m.construct(op)
	}
	return m.literal(op)
}

// shuffle moves what is on the stack.
func (m *machine) shuffle(op byte) error {
	switch op {
	case opMark:
		m.push(pyMark{})
		return nil
	case opPopMark:
		_, err := m.popMark()
		return err
	case opPop:
		_, err := m.pop()
		return err
	}
	value, err := m.top()
	m.push(value)
	return err
}

// counted are the instructions whose value stands in the code after its length, of so many bytes.
var counted = map[byte]int{
	opUnicode: 4, opUnicode1: 1, opUnicode8: 8, opString: 4, opString1: 1, opBytes: 4, opBytes1: 1, opBytes8: 8, opLong1: 1, opLong4: 4,
}

// literal pushes a constant.
func (m *machine) literal(op byte) error {
	width, ok := counted[op]
	switch {
	case ok:
		value, err := m.counted(width)
		switch op {
		case opBytes, opBytes1, opBytes8:
			m.push(value)
		case opLong1, opLong4:
			m.push(integer(value))
		default:
			m.push(string(value))
		}
		return err
	case op == opNone:
		m.push(nil)
		return nil
	case op == opTrue || op == opFalse:
		m.push(op == opTrue)
		return nil
	case op == opFloat: // the one big-endian number of the format
		b, err := m.uint(8)
		m.push(math.Float64frombits(bits.ReverseBytes64(b)))
		return err
	}
	width, ok = map[byte]int{opInt: 4, opInt1: 1, opInt2: 2}[op]
	if !ok {
		return fmt.Errorf("instruction %#x is not one that torch.save writes (damaged, or hostile?)", op)
	}
	value, err := m.uint(width)
	if op == opInt {
		value = uint64(int64(int32(value)))
	}
	m.push(int64(value))
	return err
}

// integer decodes a little-endian number in two's complement, sign extended.
func integer(digits []byte) any {
	if len(digits) > 8 {
		return pyLong(digits)
	}
	var wide [8]byte
	if len(digits) > 0 && digits[len(digits)-1]&0x80 != 0 {
		wide = [8]byte{255, 255, 255, 255, 255, 255, 255, 255}
	}
	copy(wide[:], digits)
	return int64(binary.LittleEndian.Uint64(wide[:]))
}

// makeTuple replaces the topmost values by one tuple of them.
func (m *machine) makeTuple(op byte) (err error) {
	values := pyTuple{}
	switch op {
	case opTuple:
		values, err = m.popMark()
	case opTuple1, opTuple2, opTuple3:
		values, err = m.popN(int(op-opTuple1) + 1)
	}
	m.push(values)
	return err
}

// collect makes lists and dictionaries and adds to them.
func (m *machine) collect(op byte) (err error) {
	var values pyTuple
	switch op {
	case opEmptyList:
		m.push(&pyList{})
		return nil
	case opEmptyDict:
		m.push(&pyDict{})
		return nil
	case opAppend:
		values, err = m.popN(1)
	case opSetItem:
		values, err = m.popN(2)
	case opAppends, opSetItems:
		values, err = m.popMark()
	}
	if err != nil {
		return err
	}
	target, err := m.top()
	if err != nil {
		return err
	}
	if items, ok := target.(*pyList); ok && (op == opAppend || op == opAppends) {
		items.items = append(items.items, values...)
		return nil
	}
	items, ok := target.(*pyDict)
	if !ok || op == opAppend || op == opAppends || len(values)%2 != 0 {
		return fmt.Errorf("%d items cannot be added to a %s (damaged?)", len(values), pyKind(target))
	}
	for i := 0; i < len(values); i += 2 {
		items.keys = append(items.keys, values[i])
		items.values = append(items.values, values[i+1])
	}
	return nil
}

// remember puts the topmost value into the memo, or pushes one from it.
func (m *machine) remember(op byte) error {
	key, err := uint64(len(m.memo)), error(nil)
	switch op {
	case opPut, opGet:
		key, err = m.uint(1)
	case opPut4, opGet4:
		key, err = m.uint(4)
	}
	if err != nil {
		return err
	}
	if op == opGet || op == opGet4 {
		value, ok := m.memo[uint32(key)]
		if !ok {
			return fmt.Errorf("value %d of the memo was never put there (damaged?)", key)
		}
		m.push(value)
		return nil
	}
	value, err := m.top()
	m.memo[uint32(key)] = value
	return err
}
