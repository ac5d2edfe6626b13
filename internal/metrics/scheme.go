package metrics

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Scheme names a way to write entities as tags. Read strictly, what it does not allow is no entity.
type Scheme string

// The schemes of seqeval. Lenient reads any of them, as conlleval does.
const (
	Lenient Scheme = ""
	IOB1    Scheme = "IOB1"
	IOB2    Scheme = "IOB2"
	IOE1    Scheme = "IOE1"
	IOE2    Scheme = "IOE2"
	IOBES   Scheme = "IOBES"
	BILOU   Scheme = "BILOU"
)

// anyPrefix stands for all prefixes in the rules below.
const anyPrefix = "IOBESUL"

// A rule holds for a pair of neighbours: prefixes of the first and of the second, and whether their types must be the
// same (=), different (!) or neither (?).
type rule struct {
	before, now string
	types       byte
}

// grammar is when an entity starts, goes on, and has ended.
type grammar struct {
	prefixes           string
	start, inside, end []rule
}

// grammar holds the rules of seqeval's scheme.py, odd corners included; ok is false for a scheme that it does not have.
func (s Scheme) grammar() (g grammar, ok bool) {
	goesOn := func(last string) []rule {
		return []rule{{"B", "I", '='}, {"B", last, '='}, {"I", "I", '='}, {"I", last, '='}}
	}
	g, ok = map[Scheme]grammar{
		IOB1: {
			"IOB",
			[]rule{{"O", "I", '?'}, {"I", "I", '!'}, {"B", "I", '?'}, {"I", "B", '='}, {"B", "B", '='}},
			[]rule{{"B", "I", '='}, {"I", "I", '='}},
			[]rule{{"I", "I", '!'}, {"I", "O", '?'}, {"I", "B", '?'}, {"B", "O", '?'}, {"B", "I", '!'}, {"B", "B", '='}},
		},
		IOB2: {
			"IOB",
			[]rule{{anyPrefix, "B", '?'}},
			[]rule{{"B", "I", '='}, {"I", "I", '='}},
			[]rule{{"I", "O", '?'}, {"I", "I", '!'}, {"I", "B", '?'}, {"B", "O", '?'}, {"B", "I", '!'}, {"B", "B", '?'}},
		},
		IOE1: {
			"IOE",
			[]rule{{"O", "I", '?'}, {"I", "I", '!'}, {"E", "I", '?'}, {"E", "E", '='}},
			[]rule{{"I", "I", '='}, {"I", "E", '='}},
			[]rule{{"I", "I", '!'}, {"I", "O", '?'}, {"I", "E", '!'}, {"E", "I", '='}, {"E", "E", '='}},
		},
		IOE2: {
			"IOE",
			[]rule{{"O", "I", '?'}, {"O", "E", '?'}, {"E", "I", '?'}, {"E", "E", '?'}, {"I", "I", '!'}, {"I", "E", '!'}},
			[]rule{{"I", "E", '='}, {"I", "I", '='}},
			[]rule{{"E", anyPrefix, '?'}},
		},
		IOBES: {"IOBES", []rule{{anyPrefix, "BS", '?'}}, goesOn("E"), []rule{{"SE", anyPrefix, '?'}}},
		BILOU: {"IOBLU", []rule{{anyPrefix, "BU", '?'}}, goesOn("L"), []rule{{"UL", anyPrefix, '?'}}},
	}[s]
	return g, ok
}

// token is a tag taken apart.
type token struct{ prefix, kind string }

func strictTag(tag string) (token, error) {
	_, size := utf8.DecodeRuneInString(tag)
	prefix := tag[:size]
	if size != 1 || !strings.Contains(anyPrefix, prefix) {
		return token{}, fmt.Errorf("the tag %q does not begin with one of %s", tag, strings.Join(strings.Split(anyPrefix, ""), ", "))
	}
	kind := strings.Trim(tag[size:], "-")
	if kind == "" {
		kind = "_"
	}
	return token{prefix, kind}, nil
}

func match(rules []rule, before, now token) bool {
	for _, r := range rules {
		same := before.kind == now.kind
		if strings.Contains(r.before, before.prefix) && strings.Contains(r.now, now.prefix) && (r.types == '?' || same == (r.types == '=')) {
			return true
		}
	}
	return false
}

// Chunks reads entities out of tags by the rules of the scheme. A tag that the scheme does not have is an error.
func (s Scheme) Chunks(tags []string) ([]Chunk, error) {
	if s == Lenient {
		return Chunks(tags), nil
	}
	g, ok := s.grammar()
	if !ok {
		return nil, fmt.Errorf("metrics: the tagging scheme %q is not known", s)
	}
	outside := token{"O", "_"}
	tokens := make([]token, 0, len(tags)+1)
	for i, tag := range tags {
		t, err := strictTag(tag)
		if err == nil && !strings.Contains(g.prefixes, t.prefix) {
			err = fmt.Errorf("the tag %q is not one of %s", tag, s)
		}
		if err != nil {
			return nil, fmt.Errorf("metrics: word %d: %w", i, err)
		}
		tokens = append(tokens, t)
	}
	tokens = append(tokens, outside)
	var chunks []Chunk
	before := outside
	for i := 0; i < len(tokens); {
		if !match(g.start, before, tokens[i]) {
			before = tokens[i]
			i++
			continue
		}
		end := i + 1
		for end < len(tokens) && match(g.inside, tokens[end-1], tokens[end]) {
			end++
		}
		if end < len(tokens) && match(g.end, tokens[end-1], tokens[end]) {
			chunks = append(chunks, Chunk{tokens[i].kind, i, end})
		}
		before = tokens[end-1]
		i = end
	}
	return chunks, nil
}

// DetectScheme finds the scheme of tags by the prefixes that occur, as seqeval's auto_detect does: IOB2, IOE2, IOBES or BILOU.
func DetectScheme(sentences [][]string) (Scheme, error) {
	seen := map[string]bool{}
	for n, tags := range sentences {
		for i, tag := range tags {
			t, err := strictTag(tag)
			if err != nil {
				return "", fmt.Errorf("metrics: sentence %d, word %d: %w", n, i, err)
			}
			seen[t.prefix] = true
		}
	}
	prefixes := strings.Join(slices.Sorted(maps.Keys(seen)), "")
	for _, s := range []struct {
		scheme Scheme
		sets   string
	}{
		{IOB2, "BIO BI BO B"},
		{IOE2, "EIO EI EO E"},
		{IOBES, "BEIOS BEIS BEIO BEOS BEI BES BEO BE S"},
		{BILOU, "BILOU BILU BILO BLOU BIL BLU BLO BL U"},
	} {
		if slices.Contains(strings.Fields(s.sets), prefixes) {
			return s.scheme, nil
		}
	}
	return "", fmt.Errorf("metrics: the tags' prefixes %q fit no scheme of IOB2, IOE2, IOBES, BILOU (hint: name the scheme, or use the lenient mode)", prefixes)
}
