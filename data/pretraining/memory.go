package pretraining

// Memory is a corpus of slices, for texts that need no files.
type Memory struct {
	sentences [][]int32
	firsts    []int // [D+1] first sentence of each document, and the end
}

// NewMemory makes a corpus of documents, each a list of sentences of token ids. The sentences are kept, not copied.
func NewMemory(documents [][][]int32) *Memory {
	m := &Memory{firsts: []int{0}}
	for _, sentences := range documents {
		m.sentences = append(m.sentences, sentences...)
		m.firsts = append(m.firsts, len(m.sentences))
	}
	return m
}

// Documents is their number.
func (m *Memory) Documents() int { return len(m.firsts) - 1 }

// Sentences is the number of those of all documents.
func (m *Memory) Sentences() int { return len(m.sentences) }

// DocumentRange returns the sentences first to last, last excluded.
func (m *Memory) DocumentRange(doc int) (first, last int) { return m.firsts[doc], m.firsts[doc+1] }

// SentenceLen is a sentence's number of tokens.
func (m *Memory) SentenceLen(i int) int { return len(m.sentences[i]) }

// AppendSentence appends a sentence's tokens to dst.
func (m *Memory) AppendSentence(dst []int32, i int) []int32 { return append(dst, m.sentences[i]...) }
