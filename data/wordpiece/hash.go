package wordpiece

import (
	"bufio"
	"crypto/sha256"
	"fmt"
)

// Hash identifies the vocabulary and the rules by which text becomes ids: two tokenizers with the same hash give the same ids.
func (t *Tokenizer) Hash() string {
	sum := sha256.New()
	w := bufio.NewWriter(sum)
	fmt.Fprintf(w, "%+v %d\n", t.engine.rules, t.names)
	if t.spec.options.SplitSpecial {
		fmt.Fprintln(w, "special tokens are split")
	}
	for _, f := range t.spec.added {
		fmt.Fprintf(w, "%d %q %t %t %t %t %t\n", f.id, f.Content, f.SingleWord, f.LStrip, f.RStrip, f.Normalized, f.Special)
	}
	for _, token := range t.tokens {
		fmt.Fprintf(w, "%d %s\n", len(token), token)
	}
	if err := w.Flush(); err != nil {
		panic(err) // a hash takes everything
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}
