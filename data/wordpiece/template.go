package wordpiece

// A Template says how special tokens are put around one text and around two, in the manner of tokenizer.json.
type Template struct {
	single, pair []slot
}

// slot is a place in a template: a text, or special tokens.
type slot struct {
	text   int // 0: the first, 1: the second, -1: special tokens
	typeID int32
	name   string // of the special tokens
	ids    []int32
	tokens []string
}

// typeOf is the segment of a slot's text. What overflowed has its own, whatever the template says, as Hugging Face has it.
func (s *slot) typeOf(over [2]bool) int32 {
	if over[s.text] {
		return int32(s.text)
	}
	return s.typeID
}

// added returns the number of special tokens.
func (t Template) added(pair bool) int {
	n := 0
	for _, s := range t.slots(pair) {
		n += len(s.ids)
	}
	return n
}

func (t Template) slots(pair bool) []slot {
	if pair {
		return t.pair
	}
	return t.single
}

// bertTemplate is [CLS] A [SEP] and [CLS] A [SEP] B [SEP].
func bertTemplate(cls, sep string, clsID, sepID int32) Template {
	begin := slot{text: -1, name: cls, ids: []int32{clsID}, tokens: []string{cls}}
	end := slot{text: -1, name: sep, ids: []int32{sepID}, tokens: []string{sep}}
	end2 := end
	end2.typeID = 1
	a, b := slot{text: 0}, slot{text: 1, typeID: 1}
	return Template{single: []slot{begin, a, end}, pair: []slot{begin, a, end, b, end2}}
}

// bertTemplate is BERT's, of the tokenizer's own tokens.
func (t *Tokenizer) bertTemplate() Template {
	return bertTemplate(t.spec.options.Cls, t.spec.options.Sep, t.names.Cls, t.names.Sep)
}

// plainTemplate adds nothing.
func plainTemplate() Template {
	a, b := slot{text: 0}, slot{text: 1, typeID: 1}
	return Template{single: []slot{a}, pair: []slot{a, b}}
}

// first is the text that comes first in a pair.
func (t Template) first() int {
	for _, s := range t.pair {
		if s.text >= 0 {
			return s.text
		}
	}
	return 0
}
