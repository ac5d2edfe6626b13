package wordpiece

// Pieces are the word pieces of a text, a slice for each property, as a caller fills them again and
// again without allocation: [Pieces.Reset] empties them and keeps the memory.
type Pieces struct {
	// IDs are the vocabulary's ids.
	IDs []int32
	// Starts and Ends are the bytes of the text that a piece was made from.
	Starts, Ends []int32
	// Words are the numbers of the words that the pieces belong to, from 0 on; punctuation marks,
	// Chinese characters and added tokens are words of their own.
	Words []int32
}

// Reset empties p and keeps its memory.
func (p *Pieces) Reset() {
	p.IDs, p.Starts, p.Ends, p.Words = p.IDs[:0], p.Starts[:0], p.Ends[:0], p.Words[:0]
}

// add appends one piece.
func (p *Pieces) add(id, start, end, word int32) {
	p.IDs = append(p.IDs, id)
	p.Starts = append(p.Starts, start)
	p.Ends = append(p.Ends, end)
	p.Words = append(p.Words, word)
}
