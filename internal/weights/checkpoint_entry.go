package weights

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"gobert/internal/tensorflow"
)

// A bundleEntry says where a variable is. dtype is 0 where there is none for it.
type bundleEntry struct {
	name         string
	tfType       uint64
	dtype        DType
	shape        []int64
	shard        int   // number of the data file
	offset, size int64 // in bytes, in that file
	sum          uint32
	sliced       bool // saved in several parts, under other keys
}

// parseBundleHeader decodes a BundleHeaderProto and gives the number of data files.
func parseBundleHeader(message []byte) (shards int, err error) {
	err = tensorflow.EachField(message, func(number protowire.Number, value uint64, _ []byte) error {
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

// parseBundleEntry decodes a BundleEntryProto.
func parseBundleEntry(name string, message []byte) (bundleEntry, error) {
	entry := bundleEntry{name: name}
	err := tensorflow.EachField(message, func(number protowire.Number, value uint64, bytes []byte) error {
		switch number {
		case 1:
			entry.tfType, entry.dtype = value, tensorflowDType(value)
		case 2:
			return entry.parseShape(bytes)
		case 3:
			entry.shard = int(value)
		case 4:
			entry.offset = int64(value)
		case 5:
			entry.size = int64(value)
		case 6:
			entry.sum = uint32(value)
		case 7:
			entry.sliced = true
		}
		return nil
	})
	return entry, err
}

// parseShape decodes a TensorShapeProto.
func (e *bundleEntry) parseShape(message []byte) error {
	return tensorflow.EachField(message, func(number protowire.Number, value uint64, bytes []byte) error {
		if number == 3 && value != 0 {
			return errors.New("the index does not know its rank")
		}
		if number != 2 {
			return nil
		}
		var extent int64
		err := tensorflow.EachField(bytes, func(number protowire.Number, value uint64, _ []byte) error {
			if number == 1 {
				extent = int64(value)
			}
			return nil
		})
		e.shape = append(e.shape, extent)
		return err
	})
}
