package corpus

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"gobert/data/indexed"
	"gobert/data/pretraining"
)

// drawn says, for a document by its number, whether it is held out. The first two never are, so that there is always enough
// to train on.
func (o *BuildOptions) drawn(document int64) bool {
	if document < 2 {
		return false
	}
	// SplitMix64 (Steele et al. 2014) of seed and number.
	h := o.Seed*0x9E3779B97F4A7C15 + uint64(document) + 1
	h *= 0x9E3779B97F4A7C15
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	h ^= h >> 31
	return float64(h>>11)/(1<<53) < o.HeldOut
}

// holdOut ends what drawing began. While text is read nobody knows how much there will be, so each document is drawn by
// itself; of a small corpus chance may leave too few. Then all is written again, as one shard, parted as
// [pretraining.HoldOut] says. The journal tells when that has been done, so that a build that is killed here goes on.
func (o *BuildOptions) holdOut(ctx context.Context, j *journal) error {
	switch {
	case j.HeldOutBy != "":
		return nil
	case o.HeldOut == 0:
		j.HeldOutBy = pretraining.HeldOutNothing
		return nil
	case j.HeldOut.Documents >= pretraining.LeastHeldOut:
		j.HeldOutBy = pretraining.HeldOutDocuments
		return nil
	}
	all, err := indexed.Open(append(j.prefixes(o.Folder, TrainName), j.prefixes(o.Folder, HeldOutName)...)...)
	if err != nil {
		return err
	}
	held := pretraining.HoldOut(all, o.HeldOut)
	if j.HeldOutBy = held.How(); j.HeldOutBy == pretraining.HeldOutNothing && j.HeldOut.Documents == 0 {
		return all.Close()
	}
	shard := Shard{Name: fmt.Sprintf("shard-%05d", len(j.Shards))}
	train, heldOut := held.Split(all)
	shard.Train, err = o.copyPart(ctx, train, TrainName, shard.Name)
	if err == nil && heldOut != nil {
		shard.HeldOut, err = o.copyPart(ctx, heldOut, HeldOutName, shard.Name)
	}
	if err = errors.Join(err, all.Close()); err != nil {
		return err
	}
	j.Shards, j.Files, j.Train, j.HeldOut = []Shard{shard}, nil, shard.Train, shard.HeldOut
	if err := j.write(); err != nil {
		return err
	}
	return j.removeAfter()
}

// copyPart writes a corpus as a shard.
func (o *BuildOptions) copyPart(ctx context.Context, from pretraining.Corpus, part, shard string) (Counts, error) {
	w, err := indexed.Create(filepath.Join(o.Folder, part, shard), o.Tokenizer.Size())
	if err != nil {
		return Counts{}, err
	}
	defer w.Abort() // does nothing after success
	var ids []int32
	for doc := range from.Documents() {
		first, end := from.DocumentRange(doc)
		for i := first; i < end; i++ {
			ids = from.AppendSentence(ids[:0], i)
			if err := errors.Join(ctx.Err(), w.AddSentence(ids)); err != nil {
				return Counts{}, err
			}
		}
		if err := w.EndDocument(); err != nil {
			return Counts{}, err
		}
	}
	return Counts{int64(w.Documents()), int64(w.Sentences()), w.Tokens()}, w.Close()
}
