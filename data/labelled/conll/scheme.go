package conll

import (
	"fmt"
	"slices"
	"strings"

	"gobert/internal/fault"
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

// Chunk is an entity in a sentence: its type and its words, from Start up to but not including End.
type Chunk struct {
	Type       string
	Start, End int
}

// Tag is a tag taken apart.
type Tag struct{ Prefix, Type string }

// Ends reports whether an entity ended between two words. [Starts] and it forgive as conlleval does: an I or E that nothing
// began begins an entity.
func Ends(before, now Tag) bool {
	switch before.Prefix {
	case "E", "S":
		return true
	case "B", "I":
		if now.Prefix == "B" || now.Prefix == "S" || now.Prefix == "O" {
			return true
		}
	}
	return before.Prefix != "O" && before.Prefix != "." && before.Type != now.Type
}

// Starts reports whether an entity begins with the second of two words.
func Starts(before, now Tag) bool {
	switch now.Prefix {
	case "B", "S":
		return true
	case "E", "I":
		if before.Prefix == "E" || before.Prefix == "S" || before.Prefix == "O" {
			return true
		}
	}
	return now.Prefix != "O" && now.Prefix != "." && before.Type != now.Type
}

// Chunks reads the entities of a sentence; outside is what stands before its first word.
func Chunks(tags []Tag, outside Tag) (found []Chunk) {
	before, start := outside, 0
	for i := 0; i <= len(tags); i++ {
		now := Tag{Prefix: "O", Type: "_"}
		if i < len(tags) {
			now = tags[i]
		}
		if Ends(before, now) {
			found = append(found, Chunk{before.Type, start, i})
		}
		if Starts(before, now) {
			start = i
		}
		before = now
	}
	return found
}

// Convert rewrites tags of one scheme as another. Plain tags cannot be: they are no entities.
func Convert(tags []string, from, to Scheme) ([]string, error) {
	if from == to {
		return slices.Clone(tags), nil
	}
	if from == Plain || to == Plain {
		return nil, fault.New("conll: converting tags from %s to %s: plain tags have no entities", from, to).Advise("is it a file of parts of speech?")
	}
	if !slices.Contains(Schemes(), to) {
		return nil, fmt.Errorf("conll: converting tags: unknown scheme %q, expected one of %v", to, Schemes())
	}
	out := make([]string, len(tags))
	for i := range out {
		out[i] = "O"
	}
	entities := Chunks(taken(tags), Tag{Prefix: "O"})
	for k, e := range entities {
		touches := k > 0 && entities[k-1].End == e.Start && entities[k-1].Type == e.Type
		for i := e.Start; i < e.End; i++ {
			out[i] = string(prefix(to, i == e.Start, i == e.End-1, touches)) + suffix(e.Type)
		}
	}
	return out, nil
}

// taken takes tags apart. One without a prefix is an entity of its own.
func taken(tags []string) []Tag {
	list := make([]Tag, len(tags))
	for i, tag := range tags {
		p, kind := split(tag)
		switch {
		case tag == "":
			p = 'O'
		case p == 0:
			p = 'B'
		}
		list[i] = Tag{string(rune(p)), kind}
	}
	return list
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
