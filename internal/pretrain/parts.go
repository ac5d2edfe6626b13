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
	if t.train, err = openPart(path, m); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	t.open = append(t.open, t.train)
	t.trainFiles = t.train.Files()
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
	t.train, t.heldout = t.train.holdOut(held)
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
	if t.heldout, err = openPart(path, nil); err != nil {
		return fmt.Errorf("--heldout: %w", err)
	}
	t.open = append(t.open, t.heldout)
	t.heldoutFiles = t.heldout.Files()
	return nil
}

// pairs says whether next sentence prediction has what it needs: random sentences come from another document.
func (t *texts) pairs(data string) error {
	for i, p := range []part{t.train, t.heldout} {
		if p == nil {
			continue
		}
		if err := pretraining.CheckNextSentence(p.Documents()); err != nil {
			return fmt.Errorf("--data: %s, %s: %w (hint: --no-nsp; or make the corpus again, from a text with empty lines between its documents "+
				"or with pretrain data --document-lines N)", data, []string{"to train on", "held out"}[i], err)
		}
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
