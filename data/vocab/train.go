package vocab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"unicode/utf8"

	"gobert/internal/fault"
)

// WordFunc calls word with each normalized word of a text, in order. White space in ASCII must
// separate words, whatever stands around it. The word is valid until the call returns. One
// goroutine uses it at a time.
type WordFunc func(text []byte, word func(word []byte))

// Result is a vocabulary and what it was made of.
type Result struct {
	Pieces   []string // the vocabulary; the index of a piece is its id
	Bytes    int64    // of text
	Words    int64    // words of the text
	Distinct int64    // different ones among them
	Skipped  int64    // words longer than 65,536 bytes: they count for nothing
	Unread   int64    // lines and files that [Learn] could not read, where that is no error
	// Cutoff is 1 when every word took part in merging. Where Options.Memory was too little for
	// that, words that occur less often than Cutoff served for the alphabet only.
	Cutoff int64
}

// Train makes a vocabulary of texts, which are cut at will: a word never goes from one into the
// next. newWords is called once for every core. The result depends on the multiset of words and
// the options alone: not on the number of cores, the order of texts, or what went to disk.
// When ctx is cancelled, its cause is returned and no file remains.
func Train(ctx context.Context, texts iter.Seq2[[]byte, error], newWords func() WordFunc, o Options) (*Result, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	r, err := train(ctx, texts, newWords, o)
	if err != nil {
		return nil, fmt.Errorf("vocab: training: %w", err)
	}
	return r, nil
}

func train(ctx context.Context, texts iter.Seq2[[]byte, error], newWords func() WordFunc, o Options) (_ *Result, err error) {
	t, err := count(ctx, texts, newWords, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	return build(ctx, t, o)
}

// build makes a vocabulary of counted words.
func build(ctx context.Context, t *tally, o Options) (*Result, error) {
	r := &Result{Bytes: t.bytes, Words: t.total, Skipped: t.skipped}
	seen, costs := characters{}, costs{}
	if err := t.each(func(word []byte, count int64) {
		r.Distinct++
		seen.add(word, count)
		costs.add(word, count)
	}); err != nil {
		return nil, err
	}
	if r.Distinct == 0 && r.Skipped > 0 {
		return nil, fault.New("the text has no words but %d longer than %d bytes, which count for nothing", r.Skipped, maxWordBytes).
			Advise("is it text, with blanks between its words?")
	}
	if r.Distinct == 0 {
		return nil, fault.New("the text has no words, expected at least one").Advise("are the files empty, or is another field meant?")
	}
	r.Cutoff = costs.cutoff(o.Memory / 2)
	m, err := newMerger(o, seen.alphabet(o.LimitAlphabet))
	if err != nil {
		return nil, err
	}
	if err := t.each(func(word []byte, count int64) {
		if count >= r.Cutoff {
			m.add(word, count)
		}
	}); err != nil {
		return nil, err
	}
	t.table = nil // its memory is needed for merging
	if err := m.run(ctx, o); err != nil {
		return nil, err
	}
	r.Pieces = m.vocab
	return r, nil
}

// newMerger begins a vocabulary: special tokens, the alphabet, then the characters that continue
// words, which Hugging Face adds in the order in which its hash table yields them.
func newMerger(o Options, alphabet []*character) (*merger, error) {
	m := &merger{pairs: newPairs(), ids: map[string]int32{}, begin: map[rune]int32{}, inside: map[rune]int32{}}
	for _, token := range o.SpecialTokens {
		m.intern(token)
	}
	for _, c := range alphabet {
		m.begin[c.rune] = m.intern(string(c.rune))
	}
	for _, c := range alphabet {
		if c.continues {
			m.inside[c.rune] = m.intern(prefix + string(c.rune))
		}
	}
	if len(m.vocab) > o.Size {
		return nil, fault.New("%d special tokens and characters do not fit into a vocabulary of %d", len(m.vocab), o.Size).
			Advise("raise the size or limit the alphabet")
	}
	return m, nil
}

// add appends a word. Characters outside the alphabet are left out of it.
func (m *merger) add(word []byte, count int64) {
	begin := len(m.symbols)
	ids := m.begin
	for at := 0; at < len(word); ids = m.inside {
		r, size := utf8.DecodeRune(word[at:])
		if id, ok := ids[r]; ok {
			m.symbols = append(m.symbols, id)
		}
		at += size
	}
	m.begins = append(m.begins, begin)
	m.lengths = append(m.lengths, int32(len(m.symbols)-begin))
	m.times = append(m.times, count)
}

// costs is the memory that merging would take, by how often words occur.
type costs map[int64]int64

// add counts a word. All frequent words share a place: they are few, and are never left out.
func (c costs) add(word []byte, count int64) {
	const perWord, perByte = 32, 16 // its entries in words; a symbol and a node of a list
	c[min(count, 1<<16)] += perWord + perByte*int64(len(word))
}

// cutoff returns the lowest count such that words from there on fit into memory.
func (c costs) cutoff(memory int64) int64 {
	cutoff := int64(1 << 16)
	for used := c[cutoff]; cutoff > 1 && used+c[cutoff-1] <= memory; cutoff-- {
		used += c[cutoff-1]
	}
	return cutoff
}
