package google

import (
	"bytes"
	"fmt"
	"strings"

	"gobert/data/textfile"
	"gobert/internal/intake"
)

// vocabulary is a vocab.txt as the original script reads it.
type vocabulary struct {
	ids                     map[string]int32
	words                   []int32 // ids in the order of first appearance: what a random token is drawn from
	tails                   []bool  // by id: the token begins with "##"
	longest                 int     // bytes of the longest token
	unknown, cls, sep, mask int32
}

func readVocabulary(path string) (*vocabulary, error) {
	text, err := intake.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("google: reading the vocabulary: %w", err)
	}
	v := &vocabulary{ids: map[string]int32{}}
	var order []string
	for line := range bytes.Lines(text) {
		token := strings.TrimFunc(string(dropReturns(line)), textfile.IsSpace)
		// Of a token that comes twice, the last id counts, at the first place.
		if _, again := v.ids[token]; !again {
			order = append(order, token)
		}
		v.ids[token] = int32(len(v.tails))
		v.tails = append(v.tails, strings.HasPrefix(token, "##"))
		v.longest = max(v.longest, len(token))
	}
	for _, token := range order {
		v.words = append(v.words, v.ids[token])
	}
	for _, need := range []struct {
		token string
		id    *int32
	}{{"[UNK]", &v.unknown}, {"[CLS]", &v.cls}, {"[SEP]", &v.sep}, {"[MASK]", &v.mask}} {
		id, ok := v.ids[need.token]
		if !ok {
			return nil, fmt.Errorf("google: %s has no %s, expected a BERT vocabulary with one token a line", path, need.token)
		}
		*need.id = id
	}
	return v, nil
}

// dropReturns removes every carriage return, wherever it stands: TensorFlow's
// reader of lines does.
func dropReturns(line []byte) []byte {
	if bytes.IndexByte(line, '\r') < 0 {
		return line
	}
	return bytes.ReplaceAll(line, []byte{'\r'}, nil)
}
