package texts

import "fmt"

// Facts recognise a corpus that was moved, and tell one that was changed.
type Facts struct {
	Tokenizer string `json:"tokenizer"` // its hash
	Documents int    `json:"documents"`
	Sentences int    `json:"sentences"`
	Heldout   int    `json:"heldout_sentences"`
	Examples  int    `json:"examples,omitempty"` // of TFRecord files, in place of documents and sentences
	Bytes     int64  `json:"bytes,omitempty"`    // of these files
}

// String describes it for people.
func (f Facts) String() string {
	if f.Examples > 0 {
		return fmt.Sprintf("%d fixed examples in TFRecord files", f.Examples)
	}
	return fmt.Sprintf("%d documents, %d sentences", f.Documents, f.Sentences)
}

// Facts describes them.
func (t *Texts) Facts() Facts {
	f := t.Train.facts()
	f.Tokenizer = t.Tokenizer.Hash()
	if t.Heldout != nil {
		f.Heldout = t.Heldout.Sentences()
	}
	return f
}
