package features

import (
	"strings"
	"unicode"

	"gobert/data/labelled"
)

// leastStep is how far windows advance at least where a question is cut to make room for them.
const leastStep = 32

type reader struct {
	frame
	pieces Pieces
}

// NewReader encodes a question and the windows of its context, with the windows and positions that transformers' run_qa.py
// makes with a fast tokenizer: "only_second" truncation, a stride, and [CLS] as the answer of a window that does not hold it.
// The reference fails where a question leaves no room for windows; here the question is cut.
func NewReader(t Tokenizer, o Options) (Encoder, error) {
	if o.Stride == 0 {
		o.Stride = defaultStride
		if o.MaxLength > 0 && o.MaxLength <= 2*defaultStride {
			o.Stride = o.MaxLength / 4 // A short sequence has no room for the usual one.
		}
	}
	f, err := newFrame(t, o, defaultSpanLength, leastLength)
	if err == nil {
		err = f.right()
	}
	if err != nil {
		return nil, err
	}
	return &reader{frame: f}, nil
}

// Kind is labelled.Span.
func (r *reader) Kind() labelled.Kind { return labelled.Span }

// Clone returns an encoder for another goroutine.
func (r *reader) Clone() Encoder { return &reader{frame: r.clone()} }

// Append encodes a question with all windows of its context.
func (r *reader) Append(b *Batch, e *labelled.Example) error {
	r.a = r.tokenizer.AppendIDs(r.a[:0], strings.TrimLeftFunc(e.Text, unicode.IsSpace))
	r.pieces.Reset()
	r.tokenizer.AppendPieces(&r.pieces, e.Pair)
	total := len(r.pieces.IDs)
	space := r.options.MaxLength - 3
	question := r.a
	if room := space - len(question); total > room && room <= r.options.Stride || room < 0 {
		// Half for each, if the stride allows.
		question = question[:max(1, min(len(question), space/2, space-r.options.Stride-leastStep))]
		r.cut++
	}
	room := space - len(question)
	example := b.nextExample()
	for start := 0; ; start += room - r.options.Stride {
		end := min(start+room, total)
		r.window(b, e, question, start, end)
		b.mark(example)
		if end == total {
			return nil
		}
	}
}

// window appends [CLS] question [SEP] pieces from start to end [SEP].
func (r *reader) window(b *Batch, e *labelled.Example, question []int32, start, end int) {
	b.AppendTexts(r.special.Cls, r.special.Sep, question, r.pieces.IDs[start:end])
	before := len(question) + 2
	if r.options.Offsets {
		b.Starts = framed(b.Starts, before, r.pieces.Starts[start:end])
		b.Ends = framed(b.Ends, before, r.pieces.Ends[start:end])
		b.Words = framed(b.Words, before, r.pieces.Words[start:end])
	}
	first, last := int32(Ignored), int32(Ignored)
	if e.Labelled {
		first, last = r.positions(e, before, start, end)
	}
	b.First = append(b.First, first)
	b.Last = append(b.Last, last)
}

// positions finds the tokens of the first answer, which is the one that the reference trains on.
func (r *reader) positions(e *labelled.Example, before, start, end int) (first, last int32) {
	if len(e.Answers) == 0 || start == end {
		return 0, 0
	}
	from := int32(e.Answers[0].Byte)
	to := from + int32(len(e.Answers[0].Text))
	starts, ends := r.pieces.Starts[start:end], r.pieces.Ends[start:end]
	if starts[0] > from || ends[len(ends)-1] < to {
		return 0, 0
	}
	// The last token that does not begin behind the answer's first character, and the first one that does not end before
	// its last.
	i := 0
	for i < len(starts) && starts[i] <= from {
		i++
	}
	if i == len(starts) && !r.options.TrueLast {
		i++ // The reference runs on over the [SEP], whose offsets are 0.
	}
	k := len(ends) - 1
	for k >= 0 && ends[k] >= to {
		k--
	}
	return int32(before + i - 1), int32(before + k + 1)
}
