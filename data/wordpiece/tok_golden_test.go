package wordpiece

import (
	"bufio"
	"compress/gzip"
	hexadecimal "encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// goldenHead is the first line of a file of golden cases.
type goldenHead struct {
	Vocabulary          []string
	Pad, Cls, Sep, Mask *int32
}

// goldenCase is one call of the reference, see testdata/tokenizer/generate.py.
type goldenCase struct {
	In  [][]json.RawMessage
	O   goldenOptions
	Out []*goldenEncoding
	L   []goldenLookup

	IDs         []int32
	Skip, Clean bool
	Text        *string
}

type goldenOptions struct {
	MaxLength      int    `json:"max_length"`
	Truncation     string `json:"truncation"`
	Stride         int    `json:"stride"`
	Padding        string `json:"padding"`
	PadToMultiple  int    `json:"pad_to_multiple_of"`
	PaddingSide    string `json:"padding_side"`
	TruncationSide string `json:"truncation_side"`
	AddSpecial     *bool  `json:"add_special_tokens"`
	SplitSpecial   bool   `json:"split_special_tokens"`
}

// goldenEncoding has the fields of an Encoding under short names.
type goldenEncoding struct {
	I, T, O, W, S, A, Q []int32
	K                   []string
	V                   []*goldenEncoding `json:",omitempty"`
}

// goldenLookup is a name of the reference, arguments and the answer.
type goldenLookup struct {
	name   string
	args   []int
	answer any
}

func (l *goldenLookup) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&l.name, &l.args, &l.answer})
}

func (o goldenOptions) options(t testing.TB) EncodeOptions {
	sides := map[string]Side{"": SideDefault, "left": Left, "right": Right}
	truncations := map[string]Truncation{"": TruncateAuto}
	for how := DoNotTruncate; how <= OnlySecond; how++ {
		truncations[how.String()] = how
	}
	paddings := map[string]Padding{"": DoNotPad}
	for how := DoNotPad; how <= PadMaxLength; how++ {
		paddings[how.String()] = how
	}
	truncation, ok1 := truncations[o.Truncation]
	pad, ok2 := paddings[o.Padding]
	if !ok1 || !ok2 {
		t.Fatalf("options of the golden file: %+v", o)
	}
	// The reference takes padding="do_not_pad" for a padding that is asked for, and then max_length alone truncates nothing.
	if truncation == TruncateAuto && o.Padding == "do_not_pad" {
		truncation = DoNotTruncate
	}
	return EncodeOptions{
		NoSpecial: o.AddSpecial != nil && !*o.AddSpecial, SplitSpecial: o.SplitSpecial, MaxLength: o.MaxLength, Truncation: truncation,
		Stride: o.Stride, Padding: pad, PadToMultiple: o.PadToMultiple, PaddingSide: sides[o.PaddingSide],
		TruncateSide: sides[o.TruncationSide],
	}
}

// input reads the texts of a row.
func goldenInput(t testing.TB, row []json.RawMessage) Input {
	in := Input{IsPair: len(row) == 2}
	for i, raw := range row {
		var text string
		var words []string
		if json.Unmarshal(raw, &text) != nil {
			if err := json.Unmarshal(raw, &words); err != nil {
				t.Fatal(err)
			}
		}
		text = unhex(t, text)
		for w := range words {
			words[w] = unhex(t, words[w])
		}
		if i == 0 {
			in.Text, in.Words = text, words
		} else {
			in.Pair, in.PairWords = text, words
		}
	}
	return in
}

func unhex(t testing.TB, s string) string {
	b, err := hexadecimal.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// goldenForm writes an encoding in the form of the golden file.
func goldenForm(e *Encoding) *goldenEncoding {
	g := &goldenEncoding{I: e.IDs, T: e.TypeIDs, W: e.WordIDs, S: e.SpecialMask, A: e.AttentionMask, Q: e.SequenceIDs(), K: e.Tokens}
	for _, o := range e.Offsets {
		g.O = append(g.O, int32(o.Start), int32(o.End))
	}
	for _, o := range e.Overflowing {
		g.V = append(g.V, goldenForm(o))
	}
	return g
}

// diffEncodings says what differs, shortly.
func diffEncodings(want, got []*goldenEncoding) string {
	if len(want) != len(got) {
		return fmt.Sprintf("%d encodings, expected %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		switch {
		case !slices.Equal(w.I, g.I) || !slices.Equal(w.K, g.K):
			return fmt.Sprintf("encoding %d: tokens\n%v %q, expected\n%v %q", i, g.I, g.K, w.I, w.K)
		case !slices.Equal(w.T, g.T):
			return fmt.Sprintf("encoding %d: type ids\n%v, expected\n%v", i, g.T, w.T)
		case !slices.Equal(w.O, g.O):
			return fmt.Sprintf("encoding %d: offsets of %q\n%v, expected\n%v", i, g.K, g.O, w.O)
		case !slices.Equal(w.W, g.W):
			return fmt.Sprintf("encoding %d: word ids of %q\n%v, expected\n%v", i, g.K, g.W, w.W)
		case !slices.Equal(w.S, g.S) || !slices.Equal(w.A, g.A):
			return fmt.Sprintf("encoding %d: masks\n%v %v, expected\n%v %v", i, g.S, g.A, w.S, w.A)
		case !slices.Equal(w.Q, g.Q):
			return fmt.Sprintf("encoding %d: sequence ids\n%v, expected\n%v", i, g.Q, w.Q)
		}
		if diff := diffEncodings(w.V, g.V); diff != "" {
			return fmt.Sprintf("encoding %d: overflowing: %s", i, diff)
		}
	}
	return ""
}

// readGolden calls f for each case of a file.
func readGolden(t testing.TB, path string, head *goldenHead, f func(line int, c *goldenCase)) {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 1<<26)
	for n := 1; lines.Scan(); n++ {
		var c goldenCase
		into := any(&c)
		if n == 1 {
			into = head
		}
		if err := json.Unmarshal(lines.Bytes(), into); err != nil {
			t.Fatalf("%s:%d: %v", path, n, err)
		}
		if n > 1 {
			f(n, &c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

const goldenFolder = "testdata/tokenizer"

func goldenNames(t testing.TB) []string {
	paths, err := filepath.Glob(filepath.Join(goldenFolder, "cases", "*.jsonl.gz"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden cases: %v", err)
	}
	var names []string
	for _, path := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(path), ".jsonl.gz"))
	}
	return names
}

// TestGolden compares with what transformers answered, field by field, and so after a round through Save.
func TestGolden(t *testing.T) {
	for _, name := range goldenNames(t) {
		for _, saved := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/saved=%t", name, saved), func(t *testing.T) {
				tokenizer, err := Open(filepath.Join(goldenFolder, "folders", name))
				if err != nil {
					t.Fatal(err)
				}
				if saved {
					folder := t.TempDir()
					if err := tokenizer.Save(folder); err != nil {
						t.Fatal(err)
					}
					hash := tokenizer.Hash()
					if tokenizer, err = Open(folder); err != nil {
						t.Fatal(err)
					}
					if tokenizer.Hash() != hash {
						t.Errorf("the hash changed on the way through Save and Open")
					}
				}
				compareGolden(t, name, tokenizer)
			})
		}
	}
}

func compareGolden(t *testing.T, name string, tokenizer *Tokenizer) {
	var head goldenHead
	checked, failures := 0, 0
	readGolden(t, filepath.Join(goldenFolder, "cases", name+".jsonl.gz"), &head, func(line int, c *goldenCase) {
		if checked == 0 {
			compareHead(t, head, tokenizer)
		}
		checked++
		if failures > 4 {
			return
		}
		if diff := compareCase(t, tokenizer, c); diff != "" {
			failures++
			t.Errorf("%s line %d: %s", name, line, diff)
		}
	})
	if checked < 100 {
		t.Errorf("only %d cases", checked)
	}
}

func compareHead(t *testing.T, head goldenHead, tokenizer *Tokenizer) {
	var tokens []string
	for id := range tokenizer.Size() {
		token, _ := tokenizer.decoded(int32(id))
		tokens = append(tokens, token)
	}
	if diff := cmp.Diff(head.Vocabulary, tokens); diff != "" {
		t.Errorf("vocabulary (-reference +ours):\n%s", diff)
	}
	special := tokenizer.Special()
	for what, pair := range map[string]struct {
		want *int32
		got  int32
	}{"pad": {head.Pad, special.Pad}, "cls": {head.Cls, special.Cls}, "sep": {head.Sep, special.Sep}, "mask": {head.Mask, special.Mask}} {
		// Where the folder names none and the vocabulary has BERT's, ours takes that one.
		if pair.want != nil && *pair.want != pair.got {
			t.Errorf("%s is %d, expected %d", what, pair.got, *pair.want)
		}
	}
}

// compareCase returns what differs.
func compareCase(t *testing.T, tokenizer *Tokenizer, c *goldenCase) string {
	if c.Text != nil {
		return cmp.Diff(*c.Text, tokenizer.Decode(c.IDs, c.Skip, c.Clean))
	}
	var inputs []Input
	for _, row := range c.In {
		inputs = append(inputs, goldenInput(t, row))
	}
	got, err := tokenizer.EncodeBatch(inputs, c.O.options(t))
	switch {
	case err != nil && c.Out == nil:
		return ""
	case err != nil:
		return fmt.Sprintf("%+v %+v: %v", inputs, c.O, err)
	case c.Out == nil:
		return fmt.Sprintf("%+v %+v: no error, and the reference has one", inputs, c.O)
	}
	var forms []*goldenEncoding
	for _, e := range got {
		forms = append(forms, goldenForm(e))
	}
	if diff := diffEncodings(c.Out, forms); diff != "" {
		return fmt.Sprintf("%+v %+v: %s", inputs, c.O, diff)
	}
	for _, l := range c.L {
		if diff := cmp.Diff(l.answer, lookUp(got[0], l.name, l.args)); diff != "" {
			return fmt.Sprintf("%+v %+v: %s%v (-reference +ours):\n%s", inputs, c.O, l.name, l.args, diff)
		}
	}
	return ""
}

// lookUp calls the function that has a name in the reference; the answer is in the form that JSON gives.
func lookUp(e *Encoding, name string, args []int) any {
	span := func(s Span, ok bool) any {
		if !ok {
			return nil
		}
		return []any{float64(s.Start), float64(s.End)}
	}
	number := func(n int, ok bool) any {
		if !ok {
			return nil
		}
		return float64(n)
	}
	switch name {
	case "char_to_token":
		return number(e.CharToToken(args[0], args[1]))
	case "char_to_word":
		return number(e.CharToWord(args[0], args[1]))
	case "word_to_tokens":
		return span(e.WordToTokens(args[0], args[1]))
	case "word_to_chars":
		return span(e.WordToChars(args[0], args[1]))
	case "token_to_chars":
		return span(e.TokenToChars(args[0]))
	case "token_to_word":
		return number(e.TokenToWord(args[0]))
	case "token_to_sequence":
		return number(e.TokenToSequence(args[0]))
	}
	return name
}
