package data

// Refillable is what a loader fills: a pointer to a batch type with these methods. *Batch is one.
type Refillable[B any] interface {
	Reset()                      // empty it and keep its memory
	Len() int                    // number of sequences
	Length(i int) int            // tokens of sequence i
	AppendSequence(src B, i int) // append sequence i of src with everything that belongs to it
}

// Source draws examples; pretraining.Source is one. Its methods are called
// from many goroutines at once and must be pure functions of their arguments.
type Source[B Refillable[B]] interface {
	NewBatch() B
	Len(epoch int) (int, error)
	Append(b B, epoch, index int) error
}

// Cursor is a place between two batches. Saved with a checkpoint and given
// back as LoaderOptions.Start, it goes on with the batch that would have come next.
type Cursor struct {
	Epoch int `json:"epoch"`
	Index int `json:"index"` // sequences of the epoch that were had
}
