package wordpiece

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const five = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"

const goodJSON = `{
 "version": "1.0",
 "added_tokens": [{"id": 2, "content": "<e>", "special": true}],
 "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
 "pre_tokenizer": {"type": "BertPreTokenizer"},
 "post_processor": null,
 "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
 "model": {
  "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
  "vocab": {"[UNK]": 0,
   "a": 1}
 }
}`

// TestBadFiles: one clear error that names the file, and the line where there is one.
func TestBadFiles(t *testing.T) {
	change := func(old, instead string) map[string]string {
		return map[string]string{"tokenizer.json": strings.Replace(goodJSON, old, instead, 1)}
	}
	config := func(text string) map[string]string {
		return map[string]string{"vocab.txt": five + "a\n", "tokenizer_config.json": text}
	}
	for _, test := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"nothing", map[string]string{}, []string{"vocab.txt", "no such file"}},
		{"empty vocabulary", map[string]string{"vocab.txt": ""}, []string{"vocab.txt", "empty"}},
		{"no unknown", map[string]string{"vocab.txt": "[PAD]\na\n"}, []string{"vocab.txt", `"[UNK]"`, "hint"}},
		{"duplicate", map[string]string{"vocab.txt": five + "a\nb\na\n"}, []string{"vocab.txt: line 8", `"a"`, "line 6"}},
		{"hole", map[string]string{"vocab.txt": five + "a\n\nb\n"}, []string{"vocab.txt: line 7", "empty token"}},
		{"byte order mark", map[string]string{"vocab.txt": "\ufeff" + five}, []string{"vocab.txt: line 1", "byte order mark", "hint"}},
		{"utf-16", map[string]string{"vocab.txt": "\xff\xfe[\x00U\x00"}, []string{"vocab.txt: line 1", "UTF-16"}},
		{"binary", map[string]string{"vocab.txt": five + "\x00\x01\x02"}, []string{"vocab.txt: line 6", "zero byte"}},
		{"latin-1", map[string]string{"vocab.txt": five + "caf\xe9\n"}, []string{"vocab.txt: line 6", "UTF-8"}},
		{"many duplicates", map[string]string{"vocab.txt": five + strings.Repeat("a\n", 50)}, []string{"line 7", "and perhaps more"}},
		{"empty json", map[string]string{"tokenizer.json": "\n"}, []string{"tokenizer.json", "empty"}},
		{"cut json", map[string]string{"tokenizer.json": goodJSON[:len(goodJSON)/2]}, []string{"tokenizer.json: line", "unexpected end"}},
		{"binary json", map[string]string{"tokenizer.json": "\x80\x03}q"}, []string{"tokenizer.json: line 1"}},
		{"version", change(`"1.0"`, `"2.0"`), []string{"tokenizer.json", `"2.0"`, "1.0"}},
		{"bpe", change(`"type": "WordPiece", "unk`, `"type": "BPE", "unk`), []string{"tokenizer.json", `"BPE"`, "not WordPiece", "hint: is this the folder of another kind of model?"}},
		{"json without unknown", change(`"[UNK]": 0`, `"[PAD]": 0`), []string{"tokenizer.json", `"[UNK]"`}},
		{"json hole", change(`"a": 1`, `"a": 3`), []string{"tokenizer.json", "id 1"}},
		{"json far hole", change(`"a": 1`, `"a": 2000000000`), []string{"tokenizer.json", "2000000000"}},
		{"json duplicate", change(`"a": 1`, `"a": 1, "a": 2`), []string{"tokenizer.json: line 11", `"a"`}},
		{"json same id", change(`"a": 1`, `"a": 1, "b": 1`), []string{"tokenizer.json", `"b"`, "id 1"}},
		{"json id", change(`"a": 1`, `"a": "1"`), []string{"tokenizer.json: line 11", `"a"`}},
		{"json list", change(`{"[UNK]": 0,`+"\n"+`   "a": 1}`, `[1]`), []string{"tokenizer.json", "no object"}},
		{"added id", change(`"id": 2`, `"id": 7`), []string{"tokenizer.json", `"<e>"`, "7", "2"}},
		{"normalizer", change(`"BertNormalizer"`, `"NFC"`), []string{"tokenizer.json", `"NFC"`}},
		{"pre-tokenizer", change(`"BertPreTokenizer"`, `"Whitespace"`), []string{"tokenizer.json", `"Whitespace"`}},
		{"decoder", change(`{"type": "WordPiece", "prefix"`, `{"type": "ByteLevel", "prefix"`), []string{"tokenizer.json", `"ByteLevel"`}},
		{
			"template", change(`"post_processor": null`, `"post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x", "type_id": 0}}]}`),
			[]string{"tokenizer.json", `"x"`},
		},
		{
			"template pair", change(`"post_processor": null`, `"post_processor": {"type": "TemplateProcessing", "single": [], "pair": []}`),
			[]string{"tokenizer.json", "both texts"},
		},
		{"config", config(`{"do_lower_case": }`), []string{"tokenizer_config.json: line 1"}},
		{"config list", config(`[]`), []string{"tokenizer_config.json"}},
		{"config type", config(`{"do_lower_case": "no"}`), []string{"do_lower_case", "true or false"}},
		{"config spelt otherwise twice", config(`{"DO_LOWER_CASE": 1, "do_lower_case": "no"}`), []string{`do_lower_case is "no"`}},
		{"words uncut", config(`{"do_basic_tokenize": false}`), []string{"tokenizer_config.json", "do_basic_tokenize is false"}},
		{"words kept whole", config(`{"never_split": ["a"]}`), []string{"tokenizer_config.json", `never_split is ["a"]`, "hint"}},
		{"a space in front", config(`{"add_prefix_space": true}`), []string{"add_prefix_space is true"}},
		{"another end", config(`{"add_eos_token": true}`), []string{"add_eos_token is true"}},
		{"Japanese", config(`{"tokenizer_class": "BertJapaneseTokenizer"}`), []string{`tokenizer_config.json: tokenizer_class is "BertJapaneseTokenizer"`}},
		{
			"Japanese model",
			map[string]string{"vocab.txt": five, "config.json": `{"tokenizer_class": "BertJapaneseTokenizer"}`},
			[]string{`/config.json: tokenizer_class is "BertJapaneseTokenizer"`},
		},
		{"a dictionary", config(`{"word_tokenizer_type": "mecab"}`), []string{`word_tokenizer_type is "mecab"`}},
		{"split no switch", config(`{"split_special_tokens": "yes"}`), []string{"split_special_tokens", "true or false"}},
		{"config side", config(`{"padding_side": "up"}`), []string{"padding_side", `"up"`}},
		{"config token", config(`{"cls_token": 5}`), []string{"cls_token"}},
		{"config added", config(`{"added_tokens_decoder": {"x": {"content": "a"}}}`), []string{"added_tokens_decoder", `"x"`}},
		{"config added id", config(`{"added_tokens_decoder": {"99": {"content": "new"}}}`), []string{`"new"`, "99"}},
		{"added file", map[string]string{"vocab.txt": five, "added_tokens.json": `{"x": "y"}`}, []string{"added_tokens.json", `"x"`}},
		{"special map", map[string]string{"vocab.txt": five, "special_tokens_map.json": `{"extra_special_tokens": 3}`}, []string{"special_tokens_map.json"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			for name, text := range test.files {
				if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Open(folder)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.HasPrefix(err.Error(), "wordpiece: ") {
				t.Errorf("%v does not begin with the package", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %q", err, want)
				}
			}
		})
	}
}

// TestGoodFiles is the ground that TestBadFiles stands on.
func TestGoodFiles(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"json":                {"tokenizer.json": goodJSON},
		"no line end":         {"vocab.txt": five + "a"},
		"windows line ends":   {"vocab.txt": strings.ReplaceAll(five+"a\n", "\n", "\r\n")},
		"white space token":   {"vocab.txt": five + "\u2028\na\n"},
		"no bert":             {"vocab.txt": five + "a\n", "tokenizer_config.json": `{"tokenizer_class": "Unheard"}`},
		"harmless switches":   {"vocab.txt": five + "a\n", "tokenizer_config.json": `{"do_basic_tokenize": true, "never_split": null, "add_prefix_space": false, "unheard": {"of": 1}}`},
		"other spelling":      {"vocab.txt": five + "a\n", "tokenizer_config.json": `{"Never_Split": ["a"], "Padding_Side": "up"}`},
		"length not known":    {"vocab.txt": five + "a\n", "tokenizer_config.json": `{"model_max_length": 1e30}`},
		"special tokens null": {"vocab.txt": "[UNK]\na\n[CLS]\n[SEP]\n", "tokenizer_config.json": `{"mask_token": null, "pad_token": null}`},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			tokenizer, err := Open(folder)
			if err != nil {
				t.Fatal(err)
			}
			id, ok := tokenizer.ID("a")
			if ids := tokenizer.AppendIDs(nil, " a"); !ok || len(ids) != 1 || ids[0] != id {
				t.Errorf("a is %v, expected [%d]", ids, id)
			}
			if tokenizer.MaxLength() != 0 {
				t.Errorf("the longest input has %d tokens, expected 0 (not known)", tokenizer.MaxLength())
			}
		})
	}
}

// TestCasedByVocabulary: a bare vocab.txt tells whether it is cased.
func TestCasedByVocabulary(t *testing.T) {
	for _, test := range []struct {
		tokens string
		lower  bool
	}{{"hello\nworld\n", true}, {"hello\nWorld\n", false}, {"[unused1]\n[UNUSED2]\n\u00e9\n", true}} {
		path := filepath.Join(t.TempDir(), "vocab.txt")
		if err := os.WriteFile(path, []byte(five+test.tokens), 0o600); err != nil {
			t.Fatal(err)
		}
		tokenizer, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if tokenizer.Lowercase() != test.lower {
			t.Errorf("%q: lower case is %t, expected %t", test.tokens, tokenizer.Lowercase(), test.lower)
		}
		if tokenizer, err = OpenVocabulary(path, DefaultOptions(!test.lower)); err != nil || tokenizer.Lowercase() == test.lower {
			t.Errorf("%q: cannot be set: %v", test.tokens, err)
		}
	}
}

// TestBadOptions: what cannot be done is said, and nothing else happens.
func TestBadOptions(t *testing.T) {
	tokenizer, err := New(strings.Split(five+"a", "\n"), DefaultOptions(true))
	if err != nil {
		t.Fatal(err)
	}
	noPad, err := New([]string{"[UNK]", "a"}, DefaultOptions(true))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		t    *Tokenizer
		o    EncodeOptions
		want string
	}{
		{tokenizer, EncodeOptions{MaxLength: -1}, "-1"},
		{tokenizer, EncodeOptions{MaxLength: 1}, "special tokens alone are 2"},
		{tokenizer, EncodeOptions{MaxLength: 3, Stride: 1}, "stride"},
		{tokenizer, EncodeOptions{MaxLength: 4, Truncation: OnlySecond}, "pair"},
		{tokenizer, EncodeOptions{Truncation: 17}, "Truncation(17)"},
		{tokenizer, EncodeOptions{Padding: 17}, "Padding(17)"},
		{tokenizer, EncodeOptions{MaxLength: 10, Truncation: LongestFirst, Padding: Longest, PadToMultiple: 8}, "multiple"},
		{noPad, EncodeOptions{Padding: Longest}, "no padding token"},
	} {
		if _, err := test.t.Encode("a a a a a", "", test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, expected an error with %q", test.o, err, test.want)
		}
	}
	for _, vocabulary := range [][]string{nil, {"a"}, {"[UNK]", "a", "a"}, {"[UNK]", "", "a"}} {
		if _, err := New(vocabulary, DefaultOptions(true)); err == nil {
			t.Errorf("New(%q) has no error", vocabulary)
		}
	}
	if _, err := New([]string{"[UNK]"}, Options{MaxWord: -1, MaxLength: -1, PaddingSide: 9}); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("not all three faults are listed: %v", err)
	}
	if err := tokenizer.Save(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("saving into a folder that is not there has no error")
	}
}
