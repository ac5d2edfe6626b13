package wordpiece

import (
	"crypto/sha256"
	"fmt"
)

// Hash identifies the vocabulary and the rules by which text becomes ids: two tokenizers with the same hash give the same ids.
func (t *Tokenizer) Hash() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%+v %d\n", t.engine.rules, t.names)
	if t.spec.options.SplitSpecial {
		fmt.Fprintln(sum, "special tokens are split")
	}
	for _, f := range t.spec.added {
		fmt.Fprintf(sum, "%d %q %t %t %t %t %t\n", f.id, f.Content, f.SingleWord, f.LStrip, f.RStrip, f.Normalized, f.Special)
	}
	for _, token := range t.tokens {
		fmt.Fprintf(sum, "%d %s\n", len(token), token)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}
