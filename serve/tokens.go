package serve

import (
	"gobert/data/wordpiece"
)

// tokenizeRequest is text-embeddings-inference's.
type tokenizeRequest struct {
	Model   string `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Inputs  lines  `json:"inputs"`
	Special *bool  `json:"add_special_tokens,omitempty" nullable:"true" doc:"With [CLS] and [SEP]. Default: true."`
	Prompt  string `json:"prompt_name,omitempty" nullable:"true" doc:"One of the prompts of the model's folder, which comes before each text."`
}

// token is one of a text, with its place in characters; special ones have none.
type token struct {
	ID      int32  `json:"id"`
	Text    string `json:"text"`
	Special bool   `json:"special"`
	Start   *int   `json:"start"`
	Stop    *int   `json:"stop"`
}

func tokenize(c *call, in *tokenizeRequest) ([][]token, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	e, err := m.embedder(wanted{prompt: in.Prompt})
	if err != nil {
		return nil, wrong("prompt_name", "%s", problemOf(err).text)
	}
	if err := c.few("inputs", len(in.Inputs.list)); err != nil {
		return nil, err
	}
	c.facts.texts = len(in.Inputs.list)
	list := make([][]token, len(in.Inputs.list))
	for i, text := range in.Inputs.list {
		text = e.Prompt + text
		encoding, err := e.Tokenizer.Encode(text, "", wordpiece.EncodeOptions{NoSpecial: in.Special != nil && !*in.Special})
		if err != nil {
			return nil, err
		}
		c.facts.tokens += len(encoding.IDs)
		if n, most := c.facts.tokens, c.options.RequestTokens; n > most {
			name := at("inputs", i, in.Inputs.single)
			return nil, large(name, "%s: with it the request has %d tokens or more, expected %d at most", name, n, most)
		}
		list[i] = make([]token, len(encoding.IDs))
		for k, id := range encoding.IDs {
			t := token{ID: id, Text: encoding.Tokens[k], Special: encoding.SpecialMask[k] != 0}
			if !t.Special {
				place, bytes := encoding.Offsets[k], encoding.ByteOffsets[k]
				start, stop := place.Start, place.End
				t.Start, t.Stop, t.Text = &start, &stop, text[bytes.Start:bytes.End]
			}
			list[i][k] = t
		}
		if err := c.Err(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// decodeRequest is text-embeddings-inference's.
type decodeRequest struct {
	Model string  `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	IDs   idLists `json:"ids"`
	Skip  *bool   `json:"skip_special_tokens,omitempty" nullable:"true" doc:"Leave out [CLS], [SEP] and their like. Default: true."`
}

func decode(c *call, in *decodeRequest) ([]string, error) {
	m, err := c.named(in.Model)
	if err != nil {
		return nil, err
	}
	if n, most := len(in.IDs.list), c.options.Texts; n > most {
		return nil, large("ids", "ids: %d texts, expected %d at most", n, most)
	}
	list := make([]string, len(in.IDs.list))
	for i, ids := range in.IDs.list {
		if err := m.known(at("ids", i, len(in.IDs.list) == 1), ids); err != nil {
			return nil, err
		}
		list[i] = m.pipe.Model.Tokenizer.Decode(ids, in.Skip == nil || *in.Skip, true)
	}
	return list, nil
}
