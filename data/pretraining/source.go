package pretraining

import (
	"fmt"
	"sync"
	"sync/atomic"

	"gobert/data"
)

// Source draws examples from a corpus: each is a pure function of seed, epoch
// and index. It serves many goroutines at once.
type Source struct {
	corpus  Corpus
	vocab   Vocabulary
	options Options
	kinds   []uint8 // [vocab.Size] special and continuation bits

	drawers sync.Pool
	recent  atomic.Pointer[[2]*plan] // the plans of the last two epochs asked for, newest first
	making  sync.Mutex               // held while a plan is made
}

// New checks options, vocabulary and corpus (lengths only).
func New(corpus Corpus, vocab Vocabulary, options Options) (*Source, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	kinds, err := vocab.kinds()
	if err != nil {
		return nil, err
	}
	if err := checkCorpus(corpus, options.NextSentence); err != nil {
		return nil, err
	}
	s := &Source{corpus: corpus, vocab: vocab, options: options, kinds: kinds}
	s.drawers.New = func() any { return &drawer{source: s} }
	s.recent.Store(new([2]*plan))
	return s, nil
}

// Len returns the number of examples of an epoch. The first call for an epoch
// walks the corpus; see plan.go. Epochs differ in length by a little, because
// the random splits do.
func (s *Source) Len(epoch int) (int, error) {
	if epoch < 0 {
		return 0, fmt.Errorf("pretraining: epoch is %d, expected 0 or more", epoch)
	}
	return s.plan(epoch).examples(), nil
}

// NewBatch returns an empty batch for [Source.Append].
func (s *Source) NewBatch() *data.Batch { return new(data.Batch) }

// Append draws example index of an epoch to the end of b.
func (s *Source) Append(b *data.Batch, epoch, index int) error {
	if epoch < 0 {
		return fmt.Errorf("pretraining: epoch is %d, expected 0 or more", epoch)
	}
	p := s.plan(epoch)
	if index < 0 || index >= p.examples() {
		return fmt.Errorf("pretraining: example %d of epoch %d, expected one of %d", index, epoch, p.examples())
	}
	d := s.drawers.Get().(*drawer)
	err := d.draw(b, p.epoch, s.find(p, index))
	s.drawers.Put(d)
	return err
}

// plan returns the plan of an epoch. Two are kept, because a loader that works
// ahead needs both ends of an epoch.
func (s *Source) plan(epoch int) *plan {
	if s.options.Static > 0 {
		epoch %= s.options.Static
	}
	if p := s.kept(epoch); p != nil {
		return p
	}
	s.making.Lock()
	defer s.making.Unlock()
	if p := s.kept(epoch); p != nil {
		return p
	}
	p := s.newPlan(epoch)
	s.recent.Store(&[2]*plan{p, s.recent.Load()[0]})
	return p
}

func (s *Source) kept(epoch int) *plan {
	for _, p := range s.recent.Load() {
		if p != nil && p.epoch == epoch {
			return p
		}
	}
	return nil
}
