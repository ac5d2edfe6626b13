package google

import "gobert/internal/tensorflow"

// The fields of an example, in the order the original fills them.
const (
	inputIDs   = "input_ids"
	inputMask  = "input_mask"
	segmentIDs = "segment_ids"
	positions  = "masked_lm_positions"
	labels     = "masked_lm_ids"
	weights    = "masked_lm_weights"
	nextLabels = "next_sentence_labels"
)

// encoder pads an instance and writes it as bytes. Protocol buffers leave the
// order of a map open: this is that of the pure Python runtime, the order of
// filling. The other runtimes write a hash table's order, another in each run.
type encoder struct {
	options  *Options
	ones     []int32   // [Length]
	segments []int32   // [T]
	padded   []int32   // [Length] or [MaxPredictions]
	weights  []float32 // [MaxPredictions]
	entries  []byte
	example  []byte
}

func newEncoder(o *Options) *encoder {
	e := &encoder{options: o, ones: make([]int32, o.Length), weights: make([]float32, o.MaxPredictions)}
	for i := range e.ones {
		e.ones[i] = 1
	}
	return e
}

// encode returns the bytes of an instance, valid until the next call.
func (e *encoder) encode(x *instance) []byte {
	next := int32(0)
	if x.random {
		next = 1
	}
	e.segments = append(e.segments[:0], x.ids[:x.firstLen]...)
	clear(e.segments)
	e.segments = append(e.segments, e.ones[:len(x.ids)-x.firstLen]...)
	clear(e.weights)
	for i := range x.positions {
		e.weights[i] = 1
	}
	length, most := e.options.Length, e.options.MaxPredictions
	b := e.appendPadded(e.entries[:0], inputIDs, x.ids, length)
	b = e.appendPadded(b, inputMask, e.ones[:len(x.ids)], length)
	b = e.appendPadded(b, segmentIDs, e.segments, length)
	b = e.appendPadded(b, positions, x.positions, most)
	b = e.appendPadded(b, labels, x.labels, most)
	b = tensorflow.AppendFloats(b, weights, e.weights)
	e.entries = tensorflow.AppendInts(b, nextLabels, []int32{next})
	e.example = tensorflow.AppendExample(e.example[:0], e.entries)
	return e.example
}

// appendPadded appends a field of so many values, zeros at its end.
func (e *encoder) appendPadded(dst []byte, name string, values []int32, length int) []byte {
	e.padded = append(e.padded[:0], values...)
	for len(e.padded) < length {
		e.padded = append(e.padded, 0)
	}
	return tensorflow.AppendInts(dst, name, e.padded)
}
