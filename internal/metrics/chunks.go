package metrics

import (
	"strings"
	"unicode/utf8"
)

// Chunk is an entity in a sentence: its type and its words, from Start up to but not including End.
type Chunk struct {
	Type       string
	Start, End int
}

// Chunks reads entities out of tags as seqeval's default mode does, which forgives what no scheme allows: an I after an O
// begins an entity, as does any change of type.
func Chunks(tags []string) []Chunk { return lenientChunks(tags, "") }

// lenientChunks is told the type of the outside before the first word: seqeval joins sentences by an O, whose type is "_".
func lenientChunks(tags []string, kind string) []Chunk {
	var chunks []Chunk
	before, start := "O", 0
	for i := 0; i <= len(tags); i++ {
		tag := "O"
		if i < len(tags) {
			tag = tags[i]
		}
		prefix, next := lenientTag(tag)
		if chunkEnds(before, prefix, kind, next) {
			chunks = append(chunks, Chunk{kind, start, i})
		}
		if chunkStarts(before, prefix, kind, next) {
			start = i
		}
		before, kind = prefix, next
	}
	return chunks
}

// lenientTag splits "B-PER" as seqeval does: the first character, and what follows the first dash behind it.
func lenientTag(tag string) (prefix, kind string) {
	if tag == "" {
		return "O", "_"
	}
	_, size := utf8.DecodeRuneInString(tag)
	prefix, kind = tag[:size], tag[size:]
	if _, behind, ok := strings.Cut(kind, "-"); ok {
		kind = behind
	}
	if kind == "" {
		kind = "_"
	}
	return prefix, kind
}

// chunkEnds reports whether an entity ended before the current word.
func chunkEnds(before, prefix, kindBefore, kind string) bool {
	switch before {
	case "E", "S":
		return true
	case "B", "I":
		if prefix == "B" || prefix == "S" || prefix == "O" {
			return true
		}
	}
	return before != "O" && before != "." && kindBefore != kind
}

// chunkStarts reports whether an entity begins with the current word.
func chunkStarts(before, prefix, kindBefore, kind string) bool {
	switch prefix {
	case "B", "S":
		return true
	case "E", "I":
		if before == "E" || before == "S" || before == "O" {
			return true
		}
	}
	return prefix != "O" && prefix != "." && kindBefore != kind
}
