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
	tokens  [3][]int32 // [Length] ids, mask, segments
	masked  [2][]int32 // [MaxPredictions] positions, labels
	weights []float32  // [MaxPredictions]
	entries []byte
	example []byte
}

func newEncoder(o *Options) *encoder {
	e := new(encoder)
	for i := range e.tokens {
		e.tokens[i] = make([]int32, o.Length)
	}
	for i := range e.masked {
		e.masked[i] = make([]int32, o.MaxPredictions)
	}
	e.weights = make([]float32, o.MaxPredictions)
	return e
}

// encode returns the bytes of an instance, valid until the next call.
func (e *encoder) encode(x *instance) []byte {
	e.fill(x)
	next := int32(0)
	if x.random {
		next = 1
	}
	b := tensorflow.AppendInts(e.entries[:0], inputIDs, e.tokens[0])
	b = tensorflow.AppendInts(b, inputMask, e.tokens[1])
	b = tensorflow.AppendInts(b, segmentIDs, e.tokens[2])
	b = tensorflow.AppendInts(b, positions, e.masked[0])
	b = tensorflow.AppendInts(b, labels, e.masked[1])
	b = tensorflow.AppendFloats(b, weights, e.weights)
	e.entries = tensorflow.AppendInts(b, nextLabels, []int32{next})
	e.example = tensorflow.AppendExample(e.example[:0], e.entries)
	return e.example
}

func (e *encoder) fill(x *instance) {
	for _, padded := range [][]int32{e.tokens[0], e.tokens[1], e.tokens[2], e.masked[0], e.masked[1]} {
		clear(padded)
	}
	clear(e.weights)
	copy(e.tokens[0], x.ids)
	for i := range x.ids {
		e.tokens[1][i] = 1
		if i >= x.firstLen {
			e.tokens[2][i] = 1
		}
	}
	copy(e.masked[0], x.positions)
	copy(e.masked[1], x.labels)
	for i := range x.positions {
		e.weights[i] = 1
	}
}
