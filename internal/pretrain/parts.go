package pretrain

import (
	"fmt"
	"path/filepath"

	"gobert/data/corpus"
	"gobert/data/pretraining"
)

// openCorpora opens both parts. Where there is one only, and nobody has said that nothing is held out of it, its tail is.
func (t *texts) openCorpora(c Data, m *corpus.Manifest) (err error) {
	path := c.Data
	if part := filepath.Join(c.Data, corpus.TrainName); isFolder(part) {
		path = part
	}
	if t.train, err = t.openPart(path); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	t.trainFiles = pathsOf(t.train)
	own := filepath.Join(c.Data, corpus.HeldOutName)
	switch {
	case c.Heldout != "":
		t.how = c.Heldout
		return t.openHeldout(c.Heldout)
	case m != nil && m.HeldOut.Documents > 0 && !holdsIndex(own):
		return fmt.Errorf("--data: %s is gone, in which %d documents are held out (hint: make the corpus again: pretrain data ... --overwrite)",
			own, m.HeldOut.Documents)
	case holdsIndex(own):
		if t.how = pretraining.HeldOutDocuments; m != nil && m.HeldOutBy != "" {
			t.how = m.HeldOutBy
		}
		return t.openHeldout(own)
	case m != nil && m.Settings.HeldOut > 0: // there is too little of the text, as 'pretrain data' said
		return nil
	}
	held := pretraining.HoldOut(t.train, c.HeldoutShare)
	t.how = held.How()
	if r, ok := t.train.(*records); ok {
		t.train, t.heldout = r.parted(held)
		return nil
	}
	t.train, t.heldout = held.Split(t.train)
	return nil
}

// openHeldout opens a corpus to measure on: its own held-out part, or all of it where nothing was held out.
func (t *texts) openHeldout(path string) (err error) {
	for _, part := range []string{corpus.HeldOutName, corpus.TrainName} {
		if part = filepath.Join(path, part); isFolder(part) { // an empty one is a fault, and no reason to take the other
			path = part
			break
		}
	}
	if t.heldout, err = t.openPart(path); err != nil {
		return fmt.Errorf("--heldout: %w", err)
	}
	t.heldoutFiles = pathsOf(t.heldout)
	return nil
}

// pairs says whether next sentence prediction has what it needs: random sentences come from another document.
func (t *texts) pairs(data string) error {
	switch {
	case t.train == nil:
		return nil
	case t.train.Documents() == 1:
		return fmt.Errorf("--data: %s has one document to train on, and next sentence prediction takes random sentences from another one "+
			"(hint: --no-nsp; or make the corpus again, from a text with empty lines between its documents or with pretrain data --document-lines N)", data)
	case t.heldout != nil && t.heldout.Documents() == 1:
		return fmt.Errorf("--data: one document of %s is held out, and next sentence prediction is measured with random sentences from another one "+
			"(hint: --no-nsp; or make the corpus again: pretrain data ... --overwrite)", data)
	}
	return nil
}

// label names the text that is measured on.
func (t *texts) label() string {
	if t.heldout == nil {
		return "on the training text"
	}
	return "held out"
}

// heldOut says for people what is held out, and how much.
func (t *texts) heldOut() string {
	switch {
	case t.heldout == nil:
		return pretraining.HeldOutNothing
	case t.how == pretraining.HeldOutTails:
		return fmt.Sprintf("%s, %d together", t.how, t.heldout.Sentences())
	}
	return fmt.Sprintf("%d (%s)", t.heldout.Documents(), t.how)
}
