package vocab

import (
	"context"
	"strings"
)

// prefix marks a piece that continues a word.
const prefix = "##"

// words are the distinct words of a text as symbols, end to end.
type words struct {
	symbols []int32
	begins  []int   // [words] first symbol of each
	lengths []int32 // [words] symbols left of each: merging shortens a word in place
	times   []int64 // [words] how often each stands in the text
}

// merger grows a vocabulary by merging, again and again, the most frequent pair of adjacent
// symbols: byte pair encoding on characters, as Hugging Face's WordPieceTrainer does it (it
// wraps BpeTrainer of tokenizers/src/models/bpe/trainer.rs). Three habits of that trainer decide
// which entries come out, and are kept:
//
//   - among pairs of equal count the one with lower ids is merged first;
//   - a merge does not lower the count of the merged pair itself, so a pair that arises again
//     counts from there;
//   - two pairs that spell the same piece share one entry.
type merger struct {
	words
	*pairs
	queue queue
	vocab []string
	ids   map[string]int32
	done  int32 // merges

	begin, inside map[rune]int32 // symbols of characters, where a word begins and inside it
}

// run merges until the vocabulary is full or no pair is frequent enough.
func (m *merger) run(ctx context.Context, o Options) error {
	for w := range m.lengths {
		symbols := m.word(int32(w))
		for i := 1; i < len(symbols); i++ {
			m.gain(symbols[i-1], symbols[i], m.times[w], int32(w))
		}
	}
	m.enqueue()
	for len(m.vocab) < o.Size && len(m.queue) > 0 {
		best := m.queue[0]
		if count := m.counts[best.index]; count != best.count {
			m.queue[0].count = count
			m.queue.sink()
			continue
		}
		if best.count < max(1, o.MinFrequency) {
			return nil
		}
		m.queue.pop()
		m.merge(best)
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		o.progress(Merging, int64(len(m.vocab)), int64(o.Size))
	}
	return nil
}

// word returns the symbols of a word.
func (m *merger) word(w int32) []int32 {
	begin := m.begins[w]
	return m.symbols[begin : begin+int(m.lengths[w])]
}

// merge makes one symbol of a pair in all words where it was seen.
func (m *merger) merge(c candidate) {
	left, right := c.pair.left(), c.pair.right()
	symbol := m.intern(m.vocab[left] + strings.TrimPrefix(m.vocab[right], prefix))
	for n := c.words; n != none; n = m.nodes[n].next {
		m.mergeWord(m.nodes[n].word, left, right, symbol)
	}
	m.release(c.words)
	m.done++
	m.enqueue()
}

// intern returns the id of a piece, a new one when it is not in the vocabulary.
func (m *merger) intern(piece string) int32 {
	id, ok := m.ids[piece]
	if !ok {
		id = int32(len(m.vocab))
		m.ids[piece] = id
		m.vocab = append(m.vocab, piece)
	}
	return id
}

// mergeWord replaces each left followed by right, and moves the counts of the pairs around it.
func (m *merger) mergeWord(w, left, right, symbol int32) {
	symbols, n := m.word(w), m.times[w]
	out := 0
	for i := 0; i < len(symbols); i++ {
		if symbols[i] != left || i+1 >= len(symbols) || symbols[i+1] != right {
			symbols[out] = symbols[i]
			out++
			continue
		}
		if out > 0 {
			m.lose(symbols[out-1], left, n)
			m.gain(symbols[out-1], symbol, n, w)
		}
		i++
		if i+1 < len(symbols) {
			m.lose(right, symbols[i+1], n)
			m.gain(symbol, symbols[i+1], n, w)
		}
		symbols[out] = symbol
		out++
	}
	m.lengths[w] = int32(out)
}

// enqueue makes candidates of the pairs that arose.
func (m *merger) enqueue() {
	for _, i := range m.fresh {
		if count := m.counts[i]; count > 0 {
			m.queue.push(candidate{count: count, pair: m.keys[i], index: i, words: m.heads[i], born: m.done})
		} else {
			m.release(m.heads[i])
		}
		m.heads[i] = none
	}
	m.fresh = m.fresh[:0]
}
