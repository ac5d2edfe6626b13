package conll

import (
	"fmt"
	"slices"
	"strings"
)

// Scheme is a way to write entities as tags.
type Scheme string

// The schemes. B begins an entity, I is inside, E ends it, S is one of a single word.
const (
	Plain Scheme = "plain" // no prefixes: parts of speech
	IO    Scheme = "io"    // neighbouring entities of one type cannot be told apart
	IOB1  Scheme = "iob1"  // B only where an entity follows another of its type
	IOB2  Scheme = "iob2"  // every entity begins with B
	BIOS  Scheme = "bios"  // IOB2 with S for single words
	IOBES Scheme = "iobes" // also written BIOES, BILOU, BMEWO
)

// Schemes lists them all.
func Schemes() []Scheme { return []Scheme{Plain, IO, IOB1, IOB2, BIOS, IOBES} }

// split parts a tag into its prefix and its type: "B-PER" gives 'B', "PER". L and U of BILOU are E and S, M and W of BMEWO
// are I and S. The prefix of "O" is 'O'; that of a tag without one is 0.
func split(tag string) (prefix byte, kind string) {
	if tag == "O" {
		return 'O', ""
	}
	if len(tag) < 2 || tag[1] != '-' && tag[1] != '_' {
		if len(tag) == 1 && strings.Contains("BIES", tag) {
			return tag[0], ""
		}
		return 0, tag
	}
	switch tag[0] {
	case 'B', 'I', 'E', 'S':
		return tag[0], tag[2:]
	case 'L':
		return 'E', tag[2:]
	case 'U', 'W':
		return 'S', tag[2:]
	case 'M':
		return 'I', tag[2:]
	}
	return 0, tag
}

// Detect finds the scheme of tags: by the prefixes that occur, and IOB1 by an I that begins an entity while no B does so
// behind anything but its own type.
func Detect(sentences [][]string) Scheme {
	var seen [256]bool
	insideBegins, bAfterOther := false, false
	for _, tags := range sentences {
		last, lastKind := byte('O'), ""
		for _, tag := range tags {
			p, kind := split(tag)
			seen[p] = true
			follows := last != 'O' && lastKind == kind
			insideBegins = insideBegins || p == 'I' && !follows
			bAfterOther = bAfterOther || p == 'B' && !follows
			last, lastKind = p, kind
		}
	}
	switch {
	case seen[0] || !seen['B'] && !seen['I'] && !seen['E'] && !seen['S']:
		return Plain
	case seen['E']:
		return IOBES
	case seen['S']:
		return BIOS
	case !seen['B']:
		return IO
	case insideBegins && !bAfterOther:
		return IOB1
	}
	return IOB2
}

// Chunk is a run of words: [First, Last].
type Chunk struct {
	Type        string
	First, Last int
}

// Chunks reads tags as spans, forgiving: an I or E that nothing began begins an entity, as conlleval has it.
func Chunks(tags []string, s Scheme) []Chunk {
	var found []Chunk
	open := false
	for i, tag := range tags {
		p, kind := split(tag)
		if s == Plain {
			found = append(found, Chunk{tag, i, i})
			continue
		}
		if p == 'O' || p == 0 && tag == "" {
			open = false
			continue
		}
		goes := open && found[len(found)-1].Type == kind && (p == 'I' || p == 'E')
		if goes {
			found[len(found)-1].Last = i
		} else {
			found = append(found, Chunk{kind, i, i})
		}
		open = p != 'E' && p != 'S'
	}
	return found
}

// Convert rewrites tags of one scheme as another. Plain tags cannot be: they are no entities.
func Convert(tags []string, from, to Scheme) ([]string, error) {
	if from == to {
		return slices.Clone(tags), nil
	}
	if from == Plain || to == Plain {
		return nil, fmt.Errorf("conll: converting tags from %s to %s: plain tags have no entities (hint: is it a file of parts of speech?)", from, to)
	}
	if !slices.Contains(Schemes(), to) {
		return nil, fmt.Errorf("conll: converting tags: unknown scheme %q, expected one of %v", to, Schemes())
	}
	out := make([]string, len(tags))
	for i := range out {
		out[i] = "O"
	}
	entities := Chunks(tags, from)
	for k, e := range entities {
		touches := k > 0 && entities[k-1].Last == e.First-1 && entities[k-1].Type == e.Type
		for i := e.First; i <= e.Last; i++ {
			out[i] = string(prefix(to, i == e.First, i == e.Last, touches)) + suffix(e.Type)
		}
	}
	return out, nil
}

func suffix(kind string) string {
	if kind == "" {
		return ""
	}
	return "-" + kind
}

func prefix(s Scheme, first, last, touches bool) byte {
	switch {
	case s == IO, s == IOB1 && (!first || !touches):
		return 'I'
	case first && last && (s == BIOS || s == IOBES):
		return 'S'
	case first:
		return 'B'
	case last && s == IOBES:
		return 'E'
	}
	return 'I'
}

// Invalid lists the positions whose tag may not follow the one before it, or which break off an entity that IOBES must
// close: the position is that of the later tag, len(tags) at the end.
func Invalid(tags []string, s Scheme) []int {
	if s == Plain || s == IO {
		return nil
	}
	var bad []int
	last, lastKind := byte('O'), ""
	for i, tag := range tags {
		p, kind := split(tag)
		inside := (last == 'B' || last == 'I') && lastKind == kind
		wrong := false
		switch s {
		case IOB1:
			wrong = p == 'B' && !inside || p == 'E' || p == 'S'
		case IOB2:
			wrong = p == 'I' && !inside || p == 'E' || p == 'S'
		case BIOS:
			wrong = p == 'I' && !inside || p == 'E'
		case IOBES:
			wrong = (p == 'I' || p == 'E') && !inside || (last == 'B' || last == 'I') && p != 'I' && p != 'E'
		}
		if wrong || p == 0 {
			bad = append(bad, i)
		}
		last, lastKind = p, kind
	}
	if s == IOBES && (last == 'B' || last == 'I') {
		bad = append(bad, len(tags))
	}
	return bad
}
