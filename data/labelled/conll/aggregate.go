package conll

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"gobert/data/wordpiece"
)

// Strategy says how tokens become entities.
type Strategy string

// The strategies of the pipeline.
const (
	None    Strategy = "none"    // every token by itself
	Simple  Strategy = "simple"  // neighbours of one type
	First   Strategy = "first"   // a word has the label of its first token
	Average Strategy = "average" // of the mean of its tokens' scores
	Max     Strategy = "max"     // of its surest token
)

// Strategies lists them.
func Strategies() []Strategy { return []Strategy{None, Simple, First, Average, Max} }

// Token is one token that is not special.
type Token struct {
	Piece      string // as the vocabulary has it: "##ing"
	Unknown    bool   // it is [UNK]
	Index      int    // place in the sequence, [CLS] is 0
	Start, End int    // byte offsets in the text
	Logits     []float32
}

// Entity is what the pipeline reports. With [None] Index is the token's place and Label its full tag.
type Entity struct {
	Label      string
	Score      float32
	Word       string
	Start, End int // byte offsets in the text
	Index      int
}

// scored is a token with what the labels' softmax says.
type scored struct {
	word       string
	scores     []float32
	index      int
	start, end int
	subword    bool
}

// Aggregate finds the entities of a text. labels are the model's id2label; those in ignore (nil: "O") are left out.
func Aggregate(text string, tokens []Token, labels []string, s Strategy, ignore []string) []Entity {
	if ignore == nil {
		ignore = []string{"O"}
	}
	all := make([]scored, len(tokens))
	for i := range tokens {
		all[i] = score(text, &tokens[i])
	}
	var found []Entity // of a token or a word each
	if s == None || s == Simple {
		for i := range all {
			k := argmax(all[i].scores)
			found = append(found, Entity{labels[k], all[i].scores[k], all[i].word, all[i].start, all[i].end, all[i].index})
		}
	} else {
		found = wordUnits(all, labels, s)
	}
	if s != None {
		found = group(found)
	}
	return slices.DeleteFunc(found, func(e Entity) bool { return slices.Contains(ignore, e.Label) })
}

// score computes the softmax in fp32, and whether the token goes on a word: the pipeline compares the lengths of the piece,
// mark included, and of the text it stands for.
func score(text string, t *Token) scored {
	s := scored{word: t.Piece, index: t.Index, start: t.Start, end: t.End, scores: softmax(t.Logits)}
	reference := ""
	if t.Start >= 0 && t.Start <= t.End && t.End <= len(text) {
		reference = text[t.Start:t.End]
	}
	s.subword = utf8.RuneCountInString(t.Piece) != utf8.RuneCountInString(reference)
	if t.Unknown {
		s.word, s.subword = reference, false
	}
	return s
}

func softmax(logits []float32) []float32 {
	out := make([]float32, len(logits))
	if len(logits) == 0 {
		return out
	}
	top, sum := slices.Max(logits), float32(0)
	for i, x := range logits {
		out[i] = float32(math.Exp(float64(x - top)))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// argmax is the first place of the largest value.
func argmax(x []float32) int {
	best := 0
	for i := range x {
		if x[i] > x[best] {
			best = i
		}
	}
	return best
}

// wordUnits gives each word one label.
func wordUnits(all []scored, labels []string, s Strategy) []Entity {
	var units []Entity
	for first := 0; first < len(all); {
		end := first + 1
		for end < len(all) && all[end].subword {
			end++
		}
		units = append(units, wordUnit(all[first:end], labels, s))
		first = end
	}
	return units
}

func wordUnit(tokens []scored, labels []string, s Strategy) Entity {
	scores := tokens[0].scores
	switch s {
	case Max:
		for i := range tokens {
			if slices.Max(tokens[i].scores) > slices.Max(scores) {
				scores = tokens[i].scores
			}
		}
	case Average:
		scores = make([]float32, len(scores))
		for i := range tokens {
			for k, x := range tokens[i].scores {
				scores[k] += x
			}
		}
		for k := range scores {
			scores[k] /= float32(len(tokens))
		}
	}
	k := argmax(scores)
	pieces := make([]string, len(tokens))
	for i := range tokens {
		pieces[i] = tokens[i].word
	}
	return Entity{Label: labels[k], Score: scores[k], Word: join(pieces), Start: tokens[0].start, End: tokens[len(tokens)-1].end}
}

// group joins neighbours of one type.
func group(units []Entity) []Entity {
	var found []Entity
	first := 0
	for i := 1; i <= len(units); i++ {
		if i < len(units) {
			begins, kind := tag(units[i].Label)
			_, last := tag(units[i-1].Label)
			if kind == last && !begins {
				continue
			}
		}
		found = append(found, joined(units[first:i]))
		first = i
	}
	return found
}

func joined(units []Entity) Entity {
	_, label, dash := strings.Cut(units[0].Label, "-")
	if !dash {
		label = units[0].Label
	}
	sum, pieces := float32(0), make([]string, len(units))
	for i, u := range units {
		sum += u.Score
		pieces[i] = u.Word
	}
	return Entity{
		Label: label, Score: sum / float32(len(units)), Word: join(pieces),
		Start: units[0].Start, End: units[len(units)-1].End,
	}
}

// tag parts a label: whether it begins an entity, and its type. A label without a prefix goes on.
func tag(label string) (begins bool, kind string) {
	if kind, ok := strings.CutPrefix(label, "B-"); ok {
		return true, kind
	}
	kind, _ = strings.CutPrefix(label, "I-")
	return false, kind
}

// join is the reference's decoder of word pieces: a piece with a mark goes on the one before it, others follow a blank that
// punctuation swallows.
func join(pieces []string) string {
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 {
			if rest, ok := strings.CutPrefix(p, "##"); ok {
				p = rest
			} else {
				p = " " + p
			}
		}
		b.WriteString(wordpiece.CleanPiece(p))
	}
	return b.String()
}
