package wordpiece

import "strings"

// Decode turns ids into text: pieces are joined to words, words to a text with spaces between them. skipSpecial leaves special
// tokens out, cleanUp takes the spaces before punctuation and English contractions away (clean_up_tokenization_spaces of
// transformers). Ids that the vocabulary does not have are left out.
func (t *Tokenizer) Decode(ids []int32, skipSpecial, cleanUp bool) string {
	var text strings.Builder
	first := true
	for _, id := range ids {
		token, ok := t.decoded(id)
		if !ok || skipSpecial && t.special[token] {
			continue
		}
		if !first {
			if rest, inside := strings.CutPrefix(token, t.spec.decoder.prefix); inside && !t.spec.decoder.spaces {
				token = rest
			} else {
				token = " " + token
			}
		}
		if t.spec.decoder.cleanup {
			token = CleanPiece(token)
		}
		text.WriteString(token)
		first = false
	}
	if cleanUp {
		return textCleaner(text.String())
	}
	return text.String()
}

// replace applies replacements one after the other: each sees what the one before left.
func replace(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
	}
	return s
}

// CleanPiece is what the decoder in tokenizer.json does to each token by itself, the space before it included: punctuation and
// English contractions swallow spaces.
func CleanPiece(s string) string {
	if !strings.Contains(s, " ") {
		return s
	}
	return replace(s, " .", ".", " ?", "?", " !", "!", " ,", ",", " ' ", "'", " n't", "n't", " 'm", "'m", " do not", " don't",
		" 's", "'s", " 've", "'ve", " 're", "'re")
}

// textCleaner is what transformers does to the whole text.
func textCleaner(s string) string {
	return replace(s, " .", ".", " ?", "?", " !", "!", " ,", ",", " ' ", "'", " n't", "n't", " 'm", "'m", " 's", "'s",
		" 've", "'ve", " 're", "'re")
}
