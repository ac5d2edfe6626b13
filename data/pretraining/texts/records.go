package texts

import (
	"path/filepath"
	"slices"

	"gobert/data"
	"gobert/data/corpus"
	"gobert/data/pretraining"
	"gobert/data/pretraining/google"
	"gobert/internal/disk"
	"gobert/internal/fault"
)

// records is a run of the fixed examples of TFRecord files. Seen as a corpus, an example is a document of its two segments, with
// the masks undone: token frequencies and samples are taken from these.
type records struct {
	*google.Source
	from, to int // the examples, to excluded
}

// recordsOf lists the TFRecord files that --data or --heldout names; none where it names a corpus or nothing.
func recordsOf(path string) []string {
	if disk.IsThere(filepath.Join(path, corpus.ManifestName)) || isFolder(filepath.Join(path, corpus.TrainName)) || holdsIndex(path) {
		return nil
	}
	files, err := google.Files(path)
	if err != nil {
		return nil // opening it as a corpus says what is wrong
	}
	return files
}

// holdOut holds out the last examples; the original shuffled them before it wrote them.
func (r *records) holdOut(held pretraining.HeldOut) (train, heldout Part) {
	if held.Documents == 0 {
		return r, nil
	}
	cut := r.to - held.Documents
	return &records{r.Source, r.from, cut}, &records{r.Source, cut, r.to}
}

// madeWith checks the tokenizer of records that say what they were made with, and that all of them are there: a file that was
// cut between two records looks whole.
func (r *records) madeWith(data, hash, folder string) error {
	all := isFolder(data)
	if !all {
		data = filepath.Dir(data)
	}
	m, err := google.ReadManifest(data)
	if err != nil {
		return fault.New("{data}: %w", err)
	}
	if m != nil && m.Tokenizer != hash {
		return fault.Usage("{tokenizer}: the records in %s were made with another tokenizer than that in %s", data, folder).
			Advise("leave {tokenizer} out, or make the records again")
	}
	n, err := r.Len(0)
	if err == nil && m != nil && all && n != m.Examples {
		err = fault.New("{data}: the .tfrecord files in %s hold %d examples, %d were written", data, n, m.Examples).Advise("make the records again")
	}
	return err
}

// Documents counts the examples.
func (r *records) Documents() int { return r.to - r.from }

// Sentences counts their segments.
func (r *records) Sentences() int { return 2 * r.Documents() }

// DocumentRange gives the segments of an example.
func (r *records) DocumentRange(doc int) (first, last int) { return 2 * doc, 2*doc + 2 }

// SentenceLen counts the tokens of a segment.
func (r *records) SentenceLen(i int) int { return len(r.AppendSentence(nil, i)) }

// AppendSentence appends the tokens of a segment as they were before masking, without special tokens. It appends nothing of an
// example that cannot be read: training says what is wrong with it.
func (r *records) AppendSentence(dst []int32, i int) []int32 {
	var b data.Batch
	if r.Append(&b, 0, r.from+i/2) != nil {
		return dst
	}
	for k, row := range b.MaskedRows {
		b.IDs[row] = b.MaskedIDs[k]
	}
	second := slices.Index(b.Types, 1)
	if second < 0 {
		second = len(b.IDs)
	}
	part := b.IDs[:second]
	if i%2 == 1 {
		part = b.IDs[second:]
	} else if len(part) > 0 {
		part = part[1:] // [CLS]
	}
	return append(dst, part[:max(0, len(part)-1)]...) // [SEP]
}

// Longest is the length that the first example was written for.
func (r *records) Longest() (int, error) { return r.Length(r.from) }

// Fixed is true of records.
func (r *records) Fixed() bool { return true }

// facts counts the examples, and the bytes of their files.
func (r *records) facts() Facts { return Facts{Examples: r.Documents(), Bytes: r.Bytes()} }

// Examples gives the fixed examples to a loader.
func (r *records) Examples(v pretraining.Vocabulary, o pretraining.Options) (data.Source[*data.Batch], error) {
	return &recordExamples{records: r, nsp: o.NextSentence, length: o.Length, vocab: v.Size}, nil
}

// Follows says whether the second segment of an example follows the first.
func (r *records) Follows(doc int) bool {
	var b data.Batch
	return r.Append(&b, 0, r.from+doc) == nil && b.Next[0] == 0
}

// recordExamples gives the examples of records to a loader.
type recordExamples struct {
	*records
	nsp           bool // otherwise labels of pairs are left out
	length, vocab int  // what must not be passed
}

// Len counts the examples, the same in every epoch.
func (f *recordExamples) Len(int) (int, error) { return f.Documents(), nil }

// Append reads an example and checks it against model and tokenizer.
func (f *recordExamples) Append(b *data.Batch, epoch, index int) error {
	start, masks := len(b.IDs), len(b.MaskedIDs)
	if err := f.records.Append(b, epoch, f.from+index); err != nil {
		return err
	}
	if !f.nsp {
		b.Next = b.Next[:len(b.Next)-1]
	}
	if n := len(b.IDs) - start; n > f.length {
		return fault.New("{seq-length} is %d: %s has %d tokens", f.length, f.Where(f.from+index), n).Advise("{seq-length} %d", n)
	}
	for _, ids := range [][]int32{b.IDs[start:], b.MaskedIDs[masks:]} {
		if id := slices.Max(append(ids, 0)); int(id) >= f.vocab {
			return fault.New("{tokenizer}: %s has the token id %d, and the tokenizer only %d ids: the records were made with another one",
				f.Where(f.from+index), id, f.vocab)
		}
	}
	return nil
}
