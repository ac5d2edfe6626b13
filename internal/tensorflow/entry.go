package tensorflow

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"gobert/internal/safetensors"
)

// An Entry says where a variable is. DType is 0 if raw has no such type.
type Entry struct {
	Name         string
	DType        safetensors.DType
	Shape        []int64
	Shard        int   // number of the data file
	Offset, Size int64 // in bytes, in that file
	CRC          uint32
	Sliced       bool // saved in several parts, under other keys

	tfType uint64
}

// dtype gives the counterpart of one of TensorFlow's types (tensorflow/core/framework/types.proto).
func dtype(tfType uint64) safetensors.DType {
	return map[uint64]safetensors.DType{
		1: safetensors.F32, 2: safetensors.F64, 3: safetensors.I32, 4: safetensors.U8, 5: safetensors.I16, 6: safetensors.I8, 8: safetensors.C64, 9: safetensors.I64, 10: safetensors.Bool,
		14: safetensors.BF16, 17: safetensors.U16, 19: safetensors.F16, 22: safetensors.U32, 23: safetensors.U64, 24: safetensors.F8E5M2, 25: safetensors.F8E4M3,
	}[tfType]
}

// parseHeader decodes a BundleHeaderProto and gives the number of data files.
func parseHeader(message []byte) (shards int, err error) {
	err = eachField(message, func(number protowire.Number, value uint64, _ []byte) error {
		switch number {
		case 1:
			shards = int(value)
		case 2:
			if value != 0 {
				return errors.New("written on a big-endian machine, which is not supported")
			}
		}
		return nil
	})
	if err == nil && (shards <= 0 || shards > 99999) {
		err = fmt.Errorf("expected 1 to 99999 data files, the header says %d", shards)
	}
	return shards, err
}

// parseEntry decodes a BundleEntryProto.
func parseEntry(name string, message []byte) (Entry, error) {
	entry := Entry{Name: name}
	err := eachField(message, func(number protowire.Number, value uint64, bytes []byte) error {
		switch number {
		case 1:
			entry.tfType, entry.DType = value, dtype(value)
		case 2:
			return entry.parseShape(bytes)
		case 3:
			entry.Shard = int(value)
		case 4:
			entry.Offset = int64(value)
		case 5:
			entry.Size = int64(value)
		case 6:
			entry.CRC = uint32(value)
		case 7:
			entry.Sliced = true
		}
		return nil
	})
	return entry, err
}

// parseShape decodes a TensorShapeProto.
func (e *Entry) parseShape(message []byte) error {
	return eachField(message, func(number protowire.Number, value uint64, bytes []byte) error {
		if number == 3 && value != 0 {
			return errors.New("the index does not know its rank")
		}
		if number != 2 {
			return nil
		}
		var extent int64
		err := eachField(bytes, func(number protowire.Number, value uint64, _ []byte) error {
			if number == 1 {
				extent = int64(value)
			}
			return nil
		})
		e.Shape = append(e.Shape, extent)
		return err
	})
}

// eachField calls yield with every field of a message: its number, its value if it is one, its
// bytes if it is a string or a message.
func eachField(message []byte, yield func(number protowire.Number, value uint64, bytes []byte) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		var value uint64
		var bytes []byte
		switch kind {
		case protowire.VarintType:
			value, n = protowire.ConsumeVarint(message)
		case protowire.Fixed32Type:
			var fixed uint32
			fixed, n = protowire.ConsumeFixed32(message)
			value = uint64(fixed)
		case protowire.Fixed64Type:
			value, n = protowire.ConsumeFixed64(message)
		case protowire.BytesType:
			bytes, n = protowire.ConsumeBytes(message)
		default:
			n = protowire.ConsumeFieldValue(number, kind, message)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		if err := yield(number, value, bytes); err != nil {
			return err
		}
		message = message[n:]
	}
	return nil
}
