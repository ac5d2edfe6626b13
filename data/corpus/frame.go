package corpus

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// frame is a tokenized block on its way from a part to the whole: everything that [shards.add] asks of it, and its place.
//
// As a record it is the length of its JSON in four bytes, the JSON, then the numbers of sentences of each document and of tokens of each
// sentence in four bytes each, and the token ids in two bytes where the vocabulary allows, else in four; all little-endian.
type frame struct {
	From      position `json:"from"`
	Next      position `json:"next"`
	Source    Source   `json:"source"`
	Last      bool     `json:"last,omitzero"` // of its source
	Open      bool     `json:"open,omitzero"` // its last document goes on in the next block
	Bytes     int64    `json:"bytes"`
	Records   int64    `json:"records"`
	Unknown   int64    `json:"unknown,omitzero"`
	Skipped   int64    `json:"skipped,omitzero"`
	Word      string   `json:"word,omitzero"` // the longest
	Longest   int      `json:"longest,omitzero"`
	Documents int      `json:"documents"`
	Sentences int      `json:"sentences"`
	Tokens    int      `json:"tokens"`
}

// isNarrow says whether ids of a vocabulary have two bytes.
func isNarrow(vocabulary int) bool { return vocabulary <= math.MaxUint16 }

// appendFrame writes a block as a record.
func appendFrame(dst []byte, t *tokenized, narrow bool) ([]byte, error) {
	b := &t.block
	header, err := json.Marshal(frame{
		From: b.from, Next: b.next, Source: b.info, Last: b.last, Open: t.open, Bytes: t.bytes, Records: t.records,
		Unknown: t.unknown, Skipped: t.skipped, Word: t.longest.shown(), Longest: t.longest.characters,
		Documents: len(t.documents), Sentences: len(t.sentences), Tokens: len(t.ids),
	})
	if err != nil {
		return nil, err
	}
	dst = append(binary.LittleEndian.AppendUint32(dst, uint32(len(header))), header...)
	for _, list := range [][]int32{t.documents, t.sentences} {
		for _, n := range list {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(n))
		}
	}
	for _, id := range t.ids {
		if narrow {
			dst = binary.LittleEndian.AppendUint16(dst, uint16(id))
		} else {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(id))
		}
	}
	return dst, nil
}

var errFrame = errors.New("it is no block of a part")

// header reads the JSON of a record, and gives what follows.
func (f *frame) header(record []byte) (rest []byte, err error) {
	if len(record) < 4 {
		return nil, errFrame
	}
	n := binary.LittleEndian.Uint32(record)
	if record = record[4:]; uint64(n) > uint64(len(record)) {
		return nil, errFrame
	}
	if err := json.Unmarshal(record[:n], f); err != nil {
		return nil, fmt.Errorf("%w: %w", errFrame, err)
	}
	return record[n:], nil
}

// into makes a block of a record again, whose header was read.
func (f *frame) into(t *tokenized, rest []byte, narrow bool) error {
	width := 4
	if narrow {
		width = 2
	}
	if min(f.Documents, f.Sentences, f.Tokens) < 0 || max(f.Documents, f.Sentences, f.Tokens) > len(rest) ||
		4*(f.Documents+f.Sentences)+width*f.Tokens != len(rest) {
		return errFrame
	}
	*t = tokenized{
		ids: t.ids[:0], sentences: t.sentences[:0], documents: t.documents[:0], open: f.Open, bytes: f.Bytes, records: f.Records,
		unknown: f.Unknown, skipped: f.Skipped, longest: longestWord{f.Word, f.Longest},
		block: block{source: f.From.Source, info: f.Source, last: f.Last, from: f.From, next: f.Next},
	}
	// counts reads numbers whose sum is known.
	counts := func(list []int32, n, sum int) ([]int32, bool) {
		for ; n > 0; n-- {
			x := int32(binary.LittleEndian.Uint32(rest))
			rest, list, sum = rest[4:], append(list, x), sum-int(x)
			if x < 0 {
				return list, false
			}
		}
		return list, sum == 0
	}
	var whole, too bool
	t.documents, whole = counts(t.documents, f.Documents, f.Sentences)
	t.sentences, too = counts(t.sentences, f.Sentences, f.Tokens)
	if !whole || !too {
		return errFrame
	}
	for len(rest) > 0 {
		id := uint32(binary.LittleEndian.Uint16(rest))
		if !narrow {
			id = binary.LittleEndian.Uint32(rest)
		}
		t.ids, rest = append(t.ids, int32(id)), rest[width:]
	}
	return nil
}
