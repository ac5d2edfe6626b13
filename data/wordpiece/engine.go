package wordpiece

import (
	"sync"
	"unicode/utf8"
)

// rules are the settings of BERT's normalization and of WordPiece.
type rules struct {
	Lowercase    bool
	StripAccents bool
	ChineseChars bool   // Spaces around Chinese characters.
	CleanText    bool   // Control characters dropped, all white space alike.
	MaxWord      int    // A word of more code points is unknown, 100 in BERT.
	Prefix       string // What marks a piece that is not the first of its word, "##" in BERT.
}

// engine cuts texts into word pieces. It is safe for concurrent use; all of it but the pool of
// workers, one for each running call, stays as it was made.
type engine struct {
	points  *codePoints
	rules   rules
	unk     int32
	tokens  *trie
	does    *behaviors
	seps    *[utf8.RuneSelf]separator
	workers sync.Pool
}

// newEngine makes an engine for a word of at least one code point. A token's index in the vocabulary is its id; "" is an id
// without one. Of equal tokens the last one counts, as in the reference.
func newEngine(vocabulary []string, unk int32, r rules) (*engine, error) {
	tokens, err := newTrie(vocabulary, r.Prefix)
	if err != nil {
		return nil, err
	}
	e := &engine{points: knownCodePoints(), rules: r, unk: unk, tokens: tokens}
	e.does = newBehaviors(e.normalizer(), tokens.id, unk)
	e.seps = e.does.separators()
	e.workers.New = func() any { return e.newWorker() }
	return e, nil
}

// normalizer returns a normalizer for one goroutine.
func (e *engine) normalizer() *normalizer { return &normalizer{codePoints: e.points, rules: e.rules} }
