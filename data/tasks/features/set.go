package features

import "gobert/data/tasks"

// Set holds the features of a whole data set. It is a loader.Source[*Batch] and serves many goroutines at once.
type Set struct {
	All       Batch           // every feature, in the order of the examples
	Examples  []tasks.Example // what they were made of, without skipped ones
	Truncated int             // examples cut to the maximal length
}

// Encode makes the features of all examples, on all cores, in their order. Faulty examples are handled as onError says.
func Encode(encoder Encoder, examples []tasks.Example, onError tasks.OnError, skipped *tasks.Skipped) (*Set, error) {
	return nil, nil
}

// NewBatch returns an empty batch.
func (s *Set) NewBatch() *Batch { return new(Batch) }

// Len returns the number of features, the same for every epoch.
func (s *Set) Len(int) (int, error) { return s.All.Len(), nil }

// Append appends feature index.
func (s *Set) Append(b *Batch, _, index int) error {
	b.AppendSequence(&s.All, index)
	return nil
}
