package indexed

import (
	"encoding/binary"
	"fmt"
	"math"
)

// The index is little endian and has no padding, so its arrays are not aligned:
//
//	magic "MMIDIDX\0\0" | version u64 | type of a token u8 | sentences u64 | boundaries u64
//	length of each sentence, in tokens, i32 | its first byte in the .bin file, i64
//	boundaries between documents, as sentence numbers, i64: 0 first, all sentences last
const (
	magic      = "MMIDIDX\x00\x00"
	version    = 1
	headerSize = len(magic) + 8 + 1 + 8 + 8
)

// tokenType is Megatron's number of a NumPy type.
type tokenType uint8

const (
	typeInt32  tokenType = 4
	typeUint16 tokenType = 8
)

// maxUint16Vocabulary is Megatron's limit (DType.optimal_dtype), a little below 1<<16.
const maxUint16Vocabulary = 65500

// typeFor returns the type that Megatron would choose for a vocabulary.
func typeFor(vocabSize int) tokenType {
	if vocabSize < maxUint16Vocabulary {
		return typeUint16
	}
	return typeInt32
}

// size returns the bytes of a token.
func (t tokenType) size() int64 {
	if t == typeUint16 {
		return 2
	}
	return 4
}

// typeName says which types Megatron's other numbers stand for, to name them in errors.
func typeName(code uint8) string {
	names := []string{1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float64", 7: "float32", 8: "uint16"}
	if int(code) < len(names) && names[code] != "" {
		return names[code]
	}
	return fmt.Sprintf("unknown type %d", code)
}

// header is the beginning of an index.
type header struct {
	tokens     tokenType
	sentences  int64
	boundaries int64 // documents + 1
}

// appendHeader appends h as it stands in the file.
func appendHeader(dst []byte, h header) []byte {
	dst = append(dst, magic...)
	dst = binary.LittleEndian.AppendUint64(dst, version)
	dst = append(dst, byte(h.tokens))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.sentences))
	return binary.LittleEndian.AppendUint64(dst, uint64(h.boundaries))
}

// parseHeader reads the header of an index of which data is all.
func parseHeader(data []byte) (header, error) {
	if len(data) < headerSize {
		return header{}, fmt.Errorf("it has %d bytes, a header alone has %d (was it cut short?)", len(data), headerSize)
	}
	if got := string(data[:len(magic)]); got != magic {
		return header{}, fmt.Errorf("it begins with %q, expected %q (is it an index of Megatron-LM?)", got, magic)
	}
	rest := data[len(magic):]
	if got := binary.LittleEndian.Uint64(rest); got != version {
		return header{}, fmt.Errorf("it has format version %d, expected %d", got, version)
	}
	code := rest[8]
	if t := tokenType(code); t != typeInt32 && t != typeUint16 {
		return header{}, fmt.Errorf("its tokens are %s, expected uint16 or int32", typeName(code))
	}
	sentences := binary.LittleEndian.Uint64(rest[9:])
	boundaries := binary.LittleEndian.Uint64(rest[17:])
	h := header{tokens: tokenType(code), sentences: int64(sentences), boundaries: int64(boundaries)}
	return h, h.checkSize(sentences, boundaries, int64(len(data)))
}

// checkSize compares the counts with the size of the file, before anybody trusts them.
func (h header) checkSize(sentences, boundaries uint64, got int64) error {
	if limit := uint64(math.MaxInt64 / 16); sentences >= limit || boundaries >= limit {
		return fmt.Errorf("it counts %d sentences and %d boundaries, which no file holds", sentences, boundaries)
	}
	if boundaries == 0 {
		return fmt.Errorf("it has no document boundaries, expected 0 as the first")
	}
	switch want := h.fileSize(); {
	case got < want:
		return fmt.Errorf("it has %d bytes, expected %d for %d sentences and %d documents (was it cut short?)",
			got, want, h.sentences, h.boundaries-1)
	case got == want+h.sentences && h.sentences > 0:
		return fmt.Errorf("it has a mode for every sentence: a multimodal index, which is no text")
	case got > want:
		return fmt.Errorf("it has %d bytes, expected %d for %d sentences and %d documents",
			got, want, h.sentences, h.boundaries-1)
	}
	return nil
}

// fileSize returns the bytes of the whole index.
func (h header) fileSize() int64 {
	return int64(headerSize) + h.sentences*(4+8) + h.boundaries*8
}
