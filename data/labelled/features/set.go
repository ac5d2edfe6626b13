package features

import (
	"runtime"
	"slices"

	"gobert/data/labelled"
	"gobert/internal/fault"
)

// Set holds the features of a whole data set. It is a data.Source[*Batch] and serves many goroutines at once.
type Set struct {
	All       Batch              // every feature, in the order of the examples
	Examples  []labelled.Example // what they were made of, without skipped ones
	Truncated int                // examples cut to the maximal length
}

// block is how many examples a goroutine encodes at a time.
const block = 256

// part is the features of a block.
type part struct {
	batch  Batch
	kept   []labelled.Example
	faults []error
	cut    int
}

// Encode makes the features of all examples, on all cores, in their order. An example that cannot be encoded ends it, or is
// counted in skipped where onError is [labelled.Skip].
func Encode(encoder Encoder, examples []labelled.Example, onError labelled.OnError, skipped *labelled.Skipped) (*Set, error) {
	parts := make([]part, (len(examples)+block-1)/block)
	group := fault.NewGroup()
	workers := min(runtime.GOMAXPROCS(0), max(1, len(parts)))
	for w := range workers {
		own := encoder.Clone()
		group.Go(func() error {
			for i := w; i < len(parts); i += workers {
				parts[i].encode(own, examples[i*block:min((i+1)*block, len(examples))])
				if len(parts[i].faults) > 0 && onError != labelled.Skip {
					return nil // The first fault in the order of the file is told below.
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	s := &Set{}
	for i := range parts {
		p := &parts[i]
		for _, err := range p.faults {
			if onError != labelled.Skip {
				return nil, err
			}
			skipped.Add(err)
		}
		s.All.appendAll(&p.batch, len(s.Examples))
		s.Examples = append(s.Examples, p.kept...)
		s.Truncated += p.cut
		parts[i] = part{}
	}
	return s, nil
}

func (p *part) encode(encoder Encoder, examples []labelled.Example) {
	before := encoder.Truncated()
	for i := range examples {
		if err := encoder.Append(&p.batch, &examples[i]); err != nil {
			p.faults = append(p.faults, err)
			continue
		}
		p.kept = append(p.kept, examples[i])
	}
	p.cut = encoder.Truncated() - before
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

// Windows returns the range of features of an example: from first up to but without end. Features lie in the order of their
// examples.
func (s *Set) Windows(example int) (first, end int) {
	first, _ = slices.BinarySearch(s.All.Examples, int32(example))
	end, _ = slices.BinarySearch(s.All.Examples, int32(example)+1)
	return first, end
}
