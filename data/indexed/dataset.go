package indexed

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sort"

	"gobert/internal/fault"
)

// Dataset is a corpus in one or more shards, seen as one: documents and sentences are numbered
// through all of them. Any number of goroutines may read it at once.
type Dataset struct {
	shards    []*shard
	sentences []int // [shards+1] number of the first sentence of each shard
	documents []int // [shards+1] number of the first document of each shard
	tokens    int64
}

// Open opens corpora in the order given. A path is a folder (all indexes in it, by name), a
// prefix, or a file ending in .idx or .bin. Every number of the indexes is checked, on all
// cores, so that no error is left for later; token ids are not, as that would read everything.
//
// The files must not be changed or cut short while the dataset is open. Replacing them as
// [Create] does is fine.
func Open(paths ...string) (*Dataset, error) {
	d, err := open(paths)
	if err != nil {
		return nil, fmt.Errorf("indexed: opening: %w", err)
	}
	return d, nil
}

func open(paths []string) (_ *Dataset, err error) {
	prefixes, err := prefixesOf(paths)
	if err != nil {
		return nil, err
	}
	d := &Dataset{shards: make([]*shard, len(prefixes)), sentences: []int{0}, documents: []int{0}}
	group := fault.NewGroup()
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, prefix := range prefixes {
		group.Go(func() error {
			s, err := openShard(prefix)
			d.shards[i] = s
			var missing *fs.PathError
			if err != nil && !errors.As(err, &missing) {
				err = fault.New("%w", err).Advise("copy both files anew, or build the corpus again")
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		d.Close()
		return nil, err
	}
	for i, s := range d.shards {
		d.sentences = append(d.sentences, d.sentences[i]+int(s.sentences))
		d.documents = append(d.documents, d.documents[i]+int(s.boundaries)-1)
		d.tokens += int64(len(s.ids)) / s.tokens.size()
	}
	return d, nil
}

// Close unmaps the files. The dataset cannot be used afterwards.
func (d *Dataset) Close() error {
	var errs []error
	for _, s := range d.shards {
		if s != nil {
			errs = append(errs, s.close())
		}
	}
	d.shards = nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("indexed: closing: %w", err)
	}
	return nil
}

// Documents returns the number of documents.
func (d *Dataset) Documents() int { return d.documents[len(d.documents)-1] }

// Sentences returns the number of sentences of all documents.
func (d *Dataset) Sentences() int { return d.sentences[len(d.sentences)-1] }

// Tokens returns the number of tokens of all sentences.
func (d *Dataset) Tokens() int64 { return d.tokens }

// Shards returns the prefixes of the pairs of files, in their order.
func (d *Dataset) Shards() []string {
	prefixes := make([]string, len(d.shards))
	for i, s := range d.shards {
		prefixes[i] = s.prefix
	}
	return prefixes
}

// DocumentRange returns the sentences of a document: first to last, last excluded. It panics
// when there is no such document.
func (d *Dataset) DocumentRange(doc int) (first, last int) {
	k := find(d.documents, doc)
	s, shift := d.shards[k], d.sentences[k]
	doc -= d.documents[k]
	return shift + int(s.bound(doc)), shift + int(s.bound(doc+1))
}

// SentenceLen returns the number of tokens of sentence i. It panics when there is no such sentence.
func (d *Dataset) SentenceLen(i int) int {
	k := find(d.sentences, i)
	return d.shards[k].length(i - d.sentences[k])
}

// AppendSentence appends the token ids of sentence i, and allocates only where dst has no room.
// It panics when there is no such sentence.
func (d *Dataset) AppendSentence(dst []int32, i int) []int32 {
	k := find(d.sentences, i)
	return d.shards[k].appendSentence(dst, i-d.sentences[k])
}

// find returns the shard that holds item i, given the first item of each.
func find(firsts []int, i int) int {
	n := len(firsts) - 1
	if i < 0 || i >= firsts[n] {
		panic(fmt.Sprintf("indexed: item %d of %d", i, firsts[n]))
	}
	if n == 1 {
		return 0
	}
	// The last shard that begins at i or before; empty ones before it begin there, too.
	return sort.Search(n, func(k int) bool { return firsts[k+1] > i })
}
