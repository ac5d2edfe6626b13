package tensorflow

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of tensorflow/core/example/{example,feature}.proto.
const (
	exampleFeatures = 1
	featuresEntry   = 1
	entryKey        = 1
	entryValue      = 2
	featureFloats   = 2
	featureInts     = 3
	listValue       = 1
)

// AppendExample appends an Example of the entries that AppendInts and
// AppendFloats made.
func AppendExample(dst, entries []byte) []byte {
	dst = protowire.AppendTag(dst, exampleFeatures, protowire.BytesType)
	return protowire.AppendBytes(dst, entries)
}

// AppendInts appends a named list of integers to the entries of an Example.
func AppendInts(dst []byte, name string, values []int32) []byte {
	packed := make([]byte, 0, 2*len(values))
	for _, v := range values {
		packed = protowire.AppendVarint(packed, uint64(int64(v)))
	}
	return appendEntry(dst, name, featureInts, packed)
}

// AppendFloats appends a named list of floats to the entries of an Example.
func AppendFloats(dst []byte, name string, values []float32) []byte {
	packed := make([]byte, 0, 4*len(values))
	for _, v := range values {
		packed = protowire.AppendFixed32(packed, math.Float32bits(v))
	}
	return appendEntry(dst, name, featureFloats, packed)
}

// appendEntry appends a packed list with the messages around it.
func appendEntry(dst []byte, name string, kind protowire.Number, packed []byte) []byte {
	in := func(dst []byte, number protowire.Number, message []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(dst, number, protowire.BytesType), message)
	}
	feature := in(nil, kind, in(nil, listValue, packed))
	return in(dst, featuresEntry, in(in(nil, entryKey, []byte(name)), entryValue, feature))
}

// Fields is an Example: its lists by name. Floats are kept apart.
type Fields struct {
	Ints   map[string][]int64
	Floats map[string][]float32
}

// Parse reads an Example into the memory of f. Lists may be packed or not and
// stand in any order; lists of bytes are skipped.
func (f *Fields) Parse(example []byte) error {
	if f.Ints == nil {
		f.Ints, f.Floats = map[string][]int64{}, map[string][]float32{}
	}
	for name, values := range f.Ints {
		f.Ints[name] = values[:0]
	}
	for name, values := range f.Floats {
		f.Floats[name] = values[:0]
	}
	err := EachField(example, func(number protowire.Number, _ uint64, features []byte) error {
		if number != exampleFeatures {
			return nil
		}
		return EachField(features, func(number protowire.Number, _ uint64, entry []byte) error {
			if number != featuresEntry {
				return nil
			}
			return f.parseEntry(entry)
		})
	})
	if err != nil && !errors.Is(err, errWire) {
		err = fmt.Errorf("%w: %w", errWire, err)
	}
	return err
}

func (f *Fields) parseEntry(entry []byte) error {
	var name, feature []byte
	err := EachField(entry, func(number protowire.Number, _ uint64, value []byte) error {
		switch number {
		case entryKey:
			name = value
		case entryValue:
			feature = value
		}
		return nil
	})
	if err != nil {
		return err
	}
	return EachField(feature, func(number protowire.Number, _ uint64, list []byte) error {
		var err error
		switch number {
		case featureInts:
			f.Ints[string(name)], err = appendList(f.Ints[string(name)], list, parseInt)
		case featureFloats:
			f.Floats[string(name)], err = appendList(f.Floats[string(name)], list, parseFloat)
		}
		if err != nil {
			return fmt.Errorf("field %q: %w", name, err)
		}
		return nil
	})
}

func parseInt(b []byte) (int64, int) {
	v, n := protowire.ConsumeVarint(b)
	return int64(v), n
}

func parseFloat(b []byte) (float32, int) {
	v, n := protowire.ConsumeFixed32(b)
	return math.Float32frombits(v), n
}

var errWire = errors.New("not a tf.train.Example message")

// appendList appends the values of a list, packed in one field or one a field.
func appendList[T any](dst []T, list []byte, parse func([]byte) (T, int)) ([]T, error) {
	for len(list) > 0 {
		number, kind, n := protowire.ConsumeTag(list)
		if n < 0 || number != listValue {
			return dst, errWire
		}
		list = list[n:]
		if n = protowire.ConsumeFieldValue(number, kind, list); n < 0 {
			return dst, errWire
		}
		values := list[:n]
		if list = list[n:]; kind == protowire.BytesType {
			values, _ = protowire.ConsumeBytes(values)
		}
		for len(values) > 0 {
			v, n := parse(values)
			if n < 0 {
				return dst, errWire
			}
			dst, values = append(dst, v), values[n:]
		}
	}
	return dst, nil
}
