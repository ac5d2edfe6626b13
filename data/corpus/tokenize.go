package corpus

import (
	"strings"
	"unicode/utf8"

	"gobert/data/wordpiece"
)

// tokenized is a block as token ids. Its memory is used again.
type tokenized struct {
	ids       []int32
	sentences []int32 // tokens of each sentence; none is empty
	documents []int32 // sentences of each document; none is empty but the last may be, see open
	open      bool    // the last document goes on in the next block
	block     block
	bytes     int64
	records   int64
	unknown   int64
	longest   longestWord
	faults    []recordFault
	skipped   int64
}

// recordFault is what is wrong with a record of the block, counted from 1.
type recordFault struct {
	record int
	err    error
}

// maxFaults is how many faults of a block are told apart; the rest are counted.
const maxFaults = 16

// tokenizer turns blocks into token ids; one goroutine uses it at a time.
type tokenizer struct {
	options *ReadOptions
	pieces  *wordpiece.Tokenizer
	unknown int32
}

// tokenize fills t with a block.
func (k *tokenizer) tokenize(t *tokenized, b block) {
	*t = tokenized{ids: t.ids[:0], sentences: t.sentences[:0], documents: t.documents[:0], faults: t.faults[:0], block: b}
	split := k.options.split(b.info.Format)
	started := 0 // sentences before the document that is open
	add := func(text string) {
		begin := len(t.ids)
		t.ids = k.pieces.AppendIDs(t.ids, text)
		if n := len(t.ids) - begin; n > 0 {
			t.sentences = append(t.sentences, int32(n))
			t.longest.look(text)
		}
	}
	end := func() {
		if n := len(t.sentences) - started; n > 0 || len(t.documents) == 0 {
			t.documents = append(t.documents, int32(n)) // an empty first one may end what is open from the block before
			started = len(t.sentences)
		}
	}
	records, open := k.options.parse(b, visitor{
		text: func(line string) { sentences(line, split, add) },
		end:  end,
		bad: func(record int, err error) bool {
			if t.skipped++; len(t.faults) < maxFaults {
				t.faults = append(t.faults, recordFault{record, err})
			}
			return k.options.OnError != nil
		},
	})
	if open {
		t.documents = append(t.documents, int32(len(t.sentences)-started))
	}
	t.open, t.bytes, t.records = open, int64(len(b.data)), int64(records)
	for _, id := range t.ids {
		if id == k.unknown {
			t.unknown++
		}
	}
}

// sentences hands the sentences of a line on.
func sentences(line string, split bool, yield func(string)) {
	if !split {
		yield(line)
		return
	}
	for s := range Sentences(line) {
		yield(s)
	}
}

// longestWord is the longest run of letters, digits and what is not ASCII.
type longestWord struct {
	word       string
	characters int
}

// look looks for a longer word. Where a word could only be longer than what is known by reaching
// over a place, that place is looked at first, so most of the text is never touched.
func (l *longestWord) look(text string) {
	for begin := 0; begin+l.characters < len(text); {
		end := begin + l.characters // a longer word has at least as many bytes
		at := end
		for at >= begin && inWord(text[at]) {
			at--
		}
		if at >= begin {
			begin = at + 1
			continue
		}
		for end < len(text) && inWord(text[end]) {
			end++
		}
		word := strings.TrimLeftFunc(text[begin:end], func(r rune) bool { return r == utf8.RuneError })
		if n := utf8.RuneCountInString(word); n > l.characters {
			l.word, l.characters = word, n
		}
		begin = end + 1
	}
}

// inWord tells letters and digits. The first bytes of punctuation and symbols (E2), of CJK
// ideographs (E4 to E9) and of kana and CJK punctuation (E3) end a word as a space does.
func inWord(b byte) bool {
	switch {
	case b >= 0x80:
		return b < 0xE2 || b > 0xE9
	case b >= 'a':
		return b <= 'z'
	case b >= 'A':
		return b <= 'Z'
	}
	return b >= '0' && b <= '9'
}

// shown returns the word, cut where it is too long to be shown.
func (l *longestWord) shown() string {
	const most = 60
	if l.characters <= most {
		return strings.Clone(l.word)
	}
	return string([]rune(l.word)[:most]) + "..."
}
