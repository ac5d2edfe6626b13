package serve

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/danielgtaylor/huma/v2"
)

// These are fields of several forms, as clients send them.

// asAsked gives a list, or the one answer of a request that had one text and no list.
func asAsked[T any](list []T, single bool, err error) (any, error) {
	if err == nil && single {
		return list[0], nil
	}
	return list, err
}

// text is a text, or the ids of its tokens.
type text struct {
	words string
	ids   []int32 // nil for words
}

// input is a text or several.
type input struct {
	list   []text
	single bool
}

func (*input) forms() string { return "a text, a list of token ids, or a list of those" }

// Schema describes it.
func (*input) Schema(huma.Registry) *huma.Schema {
	one := anyOf(stringSchema(), idsSchema())
	return anyOf(stringSchema(), idsSchema(), listOf(one))
}

// UnmarshalJSON reads it.
func (in *input) UnmarshalJSON(raw []byte) error {
	var one text
	if one.read(raw) == nil && (one.ids == nil || len(one.ids) > 0) {
		in.list, in.single = []text{one}, true
		return nil
	}
	var several []json.RawMessage
	if err := json.Unmarshal(raw, &several); err != nil {
		return err
	}
	in.list = make([]text, len(several))
	for i := range several {
		if err := in.list[i].read(several[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *text) read(raw []byte) error {
	if raw = bytes.TrimSpace(raw); len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &t.words)
	}
	t.ids = []int32{}
	return json.Unmarshal(raw, &t.ids)
}

// pairs are texts and pairs of texts: "a", ["a","b"] or [["a"],["a","b"]].
type pairs struct {
	list   [][]string // of one or two each
	single bool
}

func (*pairs) forms() string {
	return "a text, a pair of texts, or a list of lists of one or two texts"
}

// Schema describes it.
func (*pairs) Schema(huma.Registry) *huma.Schema {
	one := listOf(stringSchema())
	least, most := 1, 2
	one.MinItems, one.MaxItems = &least, &most
	return anyOf(stringSchema(), one, listOf(one))
}

// UnmarshalJSON reads it.
func (in *pairs) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		in.list, in.single = [][]string{{one}}, true
		return nil
	}
	var two []string
	if json.Unmarshal(raw, &two) == nil && len(two) > 0 {
		in.list, in.single = [][]string{two}, true
		return nil
	}
	return json.Unmarshal(raw, &in.list)
}

// lines are a text or several.
type lines struct {
	list   []string
	single bool
}

func (*lines) forms() string { return "a text, or a list of texts" }

// Schema describes it.
func (*lines) Schema(huma.Registry) *huma.Schema {
	return anyOf(stringSchema(), listOf(stringSchema()))
}

// UnmarshalJSON reads it.
func (in *lines) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		in.list, in.single = []string{one}, true
		return nil
	}
	return json.Unmarshal(raw, &in.list)
}

// idLists are the ids of a text, or of several.
type idLists struct{ list [][]int32 }

func (*idLists) forms() string { return "a list of token ids, or a list of such lists" }

// Schema describes it.
func (*idLists) Schema(huma.Registry) *huma.Schema { return anyOf(idsSchema(), listOf(idsSchema())) }

// UnmarshalJSON reads it.
func (in *idLists) UnmarshalJSON(raw []byte) error {
	var one []int32
	if json.Unmarshal(raw, &one) == nil && len(one) > 0 {
		in.list = [][]int32{one}
		return nil
	}
	return json.Unmarshal(raw, &in.list)
}

// passage is a text, or an object that has one.
type passage string

func (*passage) forms() string { return `a text, or {"text": ...}` }

// Schema describes it.
func (*passage) Schema(huma.Registry) *huma.Schema {
	return anyOf(stringSchema(), &huma.Schema{
		Type: huma.TypeObject, Properties: map[string]*huma.Schema{"text": stringSchema()}, Required: []string{"text"}, AdditionalProperties: true,
	})
}

// UnmarshalJSON reads it.
func (p *passage) UnmarshalJSON(raw []byte) error {
	var words string
	if json.Unmarshal(raw, &words) == nil {
		*p = passage(words)
		return nil
	}
	var object struct {
		Text *string `json:"text"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	if object.Text == nil {
		return errors.New(`expected "text"`)
	}
	*p = passage(*object.Text)
	return nil
}

func stringSchema() *huma.Schema { return &huma.Schema{Type: huma.TypeString} }

// idsSchema is that of the ids of a text.
func idsSchema() *huma.Schema {
	least, most := 0.0, float64(1<<31-1)
	return listOf(&huma.Schema{Type: huma.TypeInteger, Format: "int32", Minimum: &least, Maximum: &most})
}

func listOf(s *huma.Schema) *huma.Schema { return &huma.Schema{Type: huma.TypeArray, Items: s} }

// anyOf is one of several forms. What stands inside is not reached by whoever computes a schema's messages: that is done here.
func anyOf(forms ...*huma.Schema) *huma.Schema {
	for _, form := range forms {
		form.PrecomputeMessages()
	}
	return &huma.Schema{AnyOf: forms}
}
