package sparse

import (
	"bytes"
	"encoding/json"
	"errors"

	"gobert/data/wordpiece"
	"gobert/internal/fault"
)

// Term is a word of the vocabulary and its weight.
type Term struct {
	Token  string
	Weight float32
}

// Terms are a vector by its words, the largest weight first, as SparseEncoder.decode gives them. Their JSON is an object of words and weights,
// which search engines take: {"boat":1.5,"##s":0.25}.
type Terms []Term

// Terms names the words.
func (v Vector) Terms(t *wordpiece.Tokenizer) (Terms, error) {
	list := make(Terms, len(v))
	for i, x := range v.sorted() {
		token := t.Token(x.Index)
		if token == "" {
			return nil, fault.New("sparse: token %d has a weight, and the tokenizer has %d words", x.Index, t.Size()).Advise("ids can be had without words")
		}
		list[i] = Term{token, x.Value}
	}
	return list, nil
}

// MarshalJSON writes the object.
func (list Terms) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false) // whose lines' ends are blanks between values
	out.WriteByte('{')
	for i, term := range list {
		if i > 0 {
			out.WriteByte(',')
		}
		err := to.Encode(term.Token)
		out.WriteByte(':')
		if err = errors.Join(err, to.Encode(term.Weight)); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
