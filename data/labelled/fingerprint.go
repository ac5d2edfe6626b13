package labelled

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
)

// Fingerprint tells examples from others by what was read, not by files: the same rows from another file, in another format or place
// are the same. Each sum is a SHA-256, cut to 16 bytes.
type Fingerprint struct {
	Rows   int    `json:"rows"`
	Texts  string `json:"texts"`  // of the rows' texts, in their order
	Labels string `json:"labels"` // of their labels
	Set    string `json:"set"`    // of texts and labels, whatever their order
}

// FingerprintOf reads examples.
func FingerprintOf(examples []Example) Fingerprint {
	texts, labels, row := sha256.New(), sha256.New(), sha256.New()
	var set [4]uint64 // the sum of all rows' hashes does not depend on their order
	for i := range examples {
		e := &examples[i]
		row.Reset()
		addTexts(row, e)
		text := row.Sum(nil)
		texts.Write(text)
		row.Reset()
		addLabels(row, e)
		label := row.Sum(nil)
		labels.Write(label)
		both := sha256.Sum256(append(text, label...))
		for k := range set {
			set[k] += binary.LittleEndian.Uint64(both[8*k:])
		}
	}
	var sum []byte
	for _, x := range set {
		sum = binary.LittleEndian.AppendUint64(sum, x)
	}
	return Fingerprint{len(examples), short(texts.Sum(nil)), short(labels.Sum(nil)), short(sum)}
}

// Differences says how a part of that name, whose fingerprint this was, differs from what it is now; nothing where it is the same.
func (f Fingerprint) Differences(name string, is Fingerprint) (list []string) {
	switch {
	case f.Rows != is.Rows:
		return []string{fmt.Sprintf("%s had %d rows, now it has %d", name, f.Rows, is.Rows)}
	case f.Set == is.Set && f != is:
		return []string{fmt.Sprintf("the rows of %s stand in another order", name)}
	}
	if f.Texts != is.Texts {
		list = append(list, fmt.Sprintf("the texts of %s are others", name))
	}
	if f.Labels != is.Labels {
		list = append(list, fmt.Sprintf("the labels of the rows of %s are others", name))
	}
	return list
}

func short(sum []byte) string { return hex.EncodeToString(sum[:16]) }

// add writes strings so that no two lists look the same.
func add(h hash.Hash, list ...string) {
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(list))))
	for _, s := range list {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
}

func addTexts(h hash.Hash, e *Example) {
	add(h, e.Text, e.Pair, fmt.Sprint(e.HasPair))
	add(h, e.Words...)
	add(h, e.Choices...)
}

func addLabels(h hash.Hash, e *Example) {
	add(h, fmt.Sprint(e.Labelled, e.Impossible))
	add(h, slices.Sorted(slices.Values(e.Labels))...) // of several labels the order means nothing
	add(h, e.Tags...)
	for _, a := range e.Answers {
		add(h, a.Text, fmt.Sprint(a.Start))
	}
}
