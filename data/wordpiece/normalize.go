package wordpiece

import (
	"slices"
	"unicode/utf8"
)

// aligned is a code point of the normalized text and the bytes of the original it stands for.
type aligned struct {
	r          rune
	start, end int32
}

// normalizer changes text as Hugging Face's BertNormalizer does, step by step. It is the plain form
// of what the hot path does at once, and does the rare cases for it.
type normalizer struct {
	*codePoints
	rules
	text, next []aligned
	marks      []decomposed
	out        []rune
}

// decomposed is a code point on its way through decomposition.
type decomposed struct {
	r     rune
	class uint8
	added bool // It is not the first one of its decomposition.
}

// normalize returns the normalized code points of text; they are valid until the next call.
func (n *normalizer) normalize(text string) []aligned {
	n.text = n.text[:0]
	for at := 0; at < len(text); {
		r, size := decode(text[at:])
		n.text = append(n.text, aligned{r, int32(at), int32(at + size)})
		at += size
	}
	if n.CleanText {
		n.clean()
	}
	if n.ChineseChars {
		n.pad()
	}
	if n.StripAccents {
		n.decomposeAll()
		n.text = slices.DeleteFunc(n.text, func(a aligned) bool { return n.class(a.r)&mark != 0 })
	}
	if n.Lowercase {
		n.lowerAll()
	}
	return n.text
}

// clean drops control characters and makes all white space a space.
func (n *normalizer) clean() {
	kept := n.text[:0]
	for _, a := range n.text {
		c := n.class(a.r)
		if c&removed != 0 {
			continue
		}
		if c&becomesSpace != 0 {
			a.r = ' '
		}
		kept = append(kept, a)
	}
	n.text = kept
}

// pad puts spaces around Chinese characters.
func (n *normalizer) pad() {
	n.next = n.next[:0]
	for _, a := range n.text {
		if n.class(a.r)&chinese == 0 {
			n.next = append(n.next, a)
			continue
		}
		space := aligned{' ', a.start, a.end}
		n.next = append(n.next, space, a, space)
	}
	n.text, n.next = n.next, n.text
}

// decomposeAll is normalization form D. Where marks change places, the reference gives them their
// places in the text by their order afterwards, so that is done here too.
func (n *normalizer) decomposeAll() {
	n.marks = n.marks[:0]
	unsorted := 0 // Where the current run of marks begins.
	for _, a := range n.text {
		n.out = n.decompose(n.out[:0], a.r)
		for i, r := range n.out {
			c := n.class(r).combining()
			if c == 0 {
				sortMarks(n.marks[unsorted:])
				unsorted = len(n.marks) + 1
			}
			n.marks = append(n.marks, decomposed{r, c, i > 0})
		}
	}
	sortMarks(n.marks[min(unsorted, len(n.marks)):])
	n.next = n.next[:0]
	from := 0
	for _, d := range n.marks {
		var a aligned
		switch {
		case !d.added:
			a = n.text[from]
			from++
		case from > 0:
			a = n.text[from-1]
		}
		a.r = d.r
		n.next = append(n.next, a)
	}
	n.text, n.next = n.next, n.text
}

// sortMarks puts marks in canonical order.
func sortMarks(marks []decomposed) {
	slices.SortStableFunc(marks, func(a, b decomposed) int { return int(a.class) - int(b.class) })
}

// lowerAll makes each code point lower case.
func (n *normalizer) lowerAll() {
	n.next = n.next[:0]
	for _, a := range n.text {
		n.out = n.lowered(n.out[:0], a.r)
		for _, r := range n.out {
			n.next = append(n.next, aligned{r, a.start, a.end})
		}
	}
	n.text, n.next = n.next, n.text
}

// words calls word with each word of a normalized text: a run between white space, or a
// punctuation mark.
func (n *normalizer) words(text []aligned, word func([]aligned)) {
	start := 0
	for i, a := range text {
		c := n.class(a.r)
		if c&(separates|punctuation) == 0 {
			continue
		}
		if i > start {
			word(text[start:i])
		}
		if c&punctuation != 0 && c&separates == 0 {
			word(text[i : i+1])
		}
		start = i + 1
	}
	if start < len(text) {
		word(text[start:])
	}
}

// appendText appends the code points as UTF-8.
func appendText(dst []byte, text []aligned) []byte {
	for _, a := range text {
		dst = utf8.AppendRune(dst, a.r)
	}
	return dst
}
