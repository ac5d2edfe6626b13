package metrics

import (
	"strings"
	"unicode/utf8"

	"gobert/data/labelled/conll"
)

// Chunks reads entities out of tags as seqeval's default mode does, which forgives what no scheme allows: an I after an O
// begins an entity, as does any change of type.
func Chunks(tags []string) []conll.Chunk { return lenientChunks(tags, "") }

// lenientChunks is told the type of the outside before the first word: seqeval joins sentences by an O, whose type is "_".
func lenientChunks(tags []string, kind string) []conll.Chunk {
	parted := make([]conll.Tag, len(tags))
	for i, tag := range tags {
		parted[i] = lenientTag(tag)
	}
	return conll.Chunks(parted, conll.Tag{Prefix: "O", Type: kind})
}

// lenientTag splits "B-PER" as seqeval does: the first character, and what follows the first dash behind it.
func lenientTag(tag string) conll.Tag {
	if tag == "" {
		return conll.Tag{Prefix: "O", Type: "_"}
	}
	_, size := utf8.DecodeRuneInString(tag)
	kind := tag[size:]
	if _, behind, ok := strings.Cut(kind, "-"); ok {
		kind = behind
	}
	if kind == "" {
		kind = "_"
	}
	return conll.Tag{Prefix: tag[:size], Type: kind}
}
