package metrics

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"gobert/data/labelled/conll"
)

// scheme is a way to write entities as tags, read as strictly as seqeval's mode="strict" does: what it does not allow is no
// entity.
type scheme struct {
	name   string
	sets   string // of the prefixes that occur in tags of this scheme, as seqeval's auto_detect has them
	begins string // prefixes that an entity begins with
	inside string // prefixes that it goes on with
	last   string // prefixes that it must end with, and behind which it does not go on; none: any
}

func schemes() []scheme {
	return []scheme{
		{"IOB2", "BIO BI BO B", "B", "I", ""},
		{"IOE2", "EIO EI EO E", "EI", "EI", "E"},
		{"IOBES", "BEIOS BEIS BEIO BEOS BEI BES BEO BE S", "BS", "IE", "ES"},
		{"BILOU", "BILOU BILU BILO BLOU BIL BLU BLO BL U", "BU", "IL", "LU"},
	}
}

// detect finds the scheme of tags by the prefixes that occur.
func detect(sentences [][]string) (scheme, error) {
	seen := map[string]bool{}
	for n, tags := range sentences {
		for i, tag := range tags {
			t, err := strictTag(tag)
			if err != nil {
				return scheme{}, fmt.Errorf("metrics: sentence %d, word %d: %w", n, i, err)
			}
			seen[t.Prefix] = true
		}
	}
	prefixes := strings.Join(slices.Sorted(maps.Keys(seen)), "")
	for _, s := range schemes() {
		if slices.Contains(strings.Fields(s.sets), prefixes) {
			return s, nil
		}
	}
	return scheme{}, fmt.Errorf("metrics: the tags' prefixes %q fit no scheme of IOB2, IOE2, IOBES, BILOU", prefixes)
}

// strictTag takes a tag apart.
func strictTag(tag string) (conll.Tag, error) {
	const prefixes = "IOBESUL"
	_, size := utf8.DecodeRuneInString(tag)
	if size != 1 || !strings.Contains(prefixes, tag[:size]) {
		return conll.Tag{}, fmt.Errorf("the tag %q does not begin with one of %s", tag, prefixes)
	}
	kind := strings.Trim(tag[size:], "-")
	if kind == "" {
		kind = "_"
	}
	return conll.Tag{Prefix: tag[:size], Type: kind}, nil
}

// chunks reads entities out of tags. A tag that the scheme does not have is an error.
func (s scheme) chunks(tags []string) (found []conll.Chunk, err error) {
	before := conll.Tag{Prefix: "O", Type: "_"}
	tokens := make([]conll.Tag, 0, len(tags)+1)
	for i, tag := range tags {
		t, err := strictTag(tag)
		if err == nil && !strings.Contains("O"+s.begins+s.inside, t.Prefix) {
			err = fmt.Errorf("the tag %q is not one of %s", tag, s.name)
		}
		if err != nil {
			return nil, fmt.Errorf("metrics: word %d: %w", i, err)
		}
		tokens = append(tokens, t)
	}
	tokens = append(tokens, before)
	for i := 0; i < len(tags); {
		now, end := tokens[i], i+1
		// IOE2 has no prefix of its own for a beginning: it is behind an O, an end, or another type.
		follows := strings.Contains(s.inside, now.Prefix) && before.Prefix == "I" && before.Type == now.Type
		if strings.Contains(s.begins, now.Prefix) && !follows {
			for !strings.Contains(s.last, tokens[end-1].Prefix) && strings.Contains(s.inside, tokens[end].Prefix) && tokens[end].Type == now.Type {
				end++
			}
			if s.last == "" || strings.Contains(s.last, tokens[end-1].Prefix) {
				found = append(found, conll.Chunk{Type: now.Type, Start: i, End: end})
			}
		}
		before, i = tokens[end-1], end
	}
	return found, nil
}

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
