package texts

import (
	"cmp"
	"fmt"

	"gobert/data/corpus"
	"gobert/data/pretraining"
	"gobert/data/pretraining/google"
	"gobert/internal/fault"
)

// openCorpora opens both parts. Where there is one only, and nobody has said that nothing is held out of it, its tail is.
func (t *Texts) openCorpora(c Options) error {
	train, own, m, err := t.openText(c.Data)
	if err != nil {
		return fault.New("{data}: %w", err)
	}
	t.Train, t.TrainFiles = train, train.Files()
	switch {
	case c.Heldout != "":
		t.how = c.Heldout
		train, own, _, err := t.openText(c.Heldout)
		if err != nil {
			return fault.New("{heldout}: %w", err)
		}
		if t.Heldout = own; own == nil {
			t.Heldout = train // all of it, where nothing was held out
		}
	case own != nil:
		t.how, t.Heldout = cmp.Or(m.HeldOutBy, pretraining.HeldOutDocuments), own
	case m != nil && m.Settings.HeldOut > 0: // there is too little of the text, as 'pretrain data' said
		return nil
	default:
		held := pretraining.HoldOut(t.Train, c.HeldoutShare)
		t.how = held.How()
		t.Train, t.Heldout = t.Train.holdOut(held)
		return nil
	}
	t.HeldoutFiles = t.Heldout.Files()
	return nil
}

// openText opens a tokenized corpus, or TFRecord files; own is the part held out of it, if there is one, and m its manifest.
func (t *Texts) openText(path string) (train, own Part, m *corpus.Manifest, err error) {
	if files := recordsOf(path); len(files) > 0 {
		source, err := google.Open(files...)
		if err != nil {
			return nil, nil, nil, err
		}
		t.open = append(t.open, source)
		n, err := source.Len(0)
		return &records{Source: source, to: n}, nil, nil, err
	}
	c, err := corpus.Open(path)
	if err != nil {
		return nil, nil, nil, err
	}
	t.open = append(t.open, c)
	if c.HeldOut != nil {
		own = &tokens{c.HeldOut, c.HeldOut, c.Manifest}
	}
	return &tokens{c.Train, c.Train, c.Manifest}, own, c.Manifest, nil
}

// pairs says whether next sentence prediction has what it needs: random sentences come from another document.
func (t *Texts) pairs(data string) error {
	for i, p := range []Part{t.Train, t.Heldout} {
		if p == nil {
			continue
		}
		if err := pretraining.CheckNextSentence(p.Documents()); err != nil {
			return fault.New("{data}: %s, %s: %w", data, []string{"to train on", "held out"}[i], err).
				Advise("{no-nsp}; or make the corpus again, from a text with empty lines between its documents or with pretrain data {document-lines} N")
		}
	}
	return nil
}

// Label names the text that is measured on.
func (t *Texts) Label() string {
	if t.Heldout == nil {
		return "on the training text"
	}
	return "held out"
}

// HeldOut says for people what is held out, and how much.
func (t *Texts) HeldOut() string {
	switch {
	case t.Heldout == nil:
		return pretraining.HeldOutNothing
	case t.how == pretraining.HeldOutTails:
		return fmt.Sprintf("%s, %d together", t.how, t.Heldout.Sentences())
	}
	return fmt.Sprintf("%d (%s)", t.Heldout.Documents(), t.how)
}
