package entities

import "strings"

// cleaned lists what the reference's decoder of word pieces replaces in every piece, in its order.
func cleaned() [][2]string {
	return [][2]string{
		{" .", "."},
		{" ?", "?"},
		{" !", "!"},
		{" ,", ","},
		{" ' ", "'"},
		{" n't", "n't"},
		{" 'm", "'m"},
		{" do not", " don't"},
		{" 's", "'s"},
		{" 've", "'ve"},
		{" 're", "'re"},
	}
}

// join is the reference's decoder of word pieces: a piece with a mark goes on the one before it, others follow a blank that
// punctuation swallows.
func join(pieces []string) string {
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 {
			if rest, ok := strings.CutPrefix(p, "##"); ok {
				p = rest
			} else {
				p = " " + p
			}
		}
		for _, c := range cleaned() {
			p = strings.ReplaceAll(p, c[0], c[1])
		}
		b.WriteString(p)
	}
	return b.String()
}
