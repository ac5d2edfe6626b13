package wordpiece

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzVocabulary: any bytes give a vocabulary that has [UNK] once and nothing twice, or an error.
func FuzzVocabulary(f *testing.F) {
	f.Add([]byte(five))
	f.Add([]byte("\ufeff[UNK]\r\n\u2028\n"))
	f.Add([]byte("[UNK]\n\n\xff\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		vocabulary, err := parseVocabulary(text, "[UNK]")
		if err != nil {
			return
		}
		if _, err := New(slices.DeleteFunc(vocabulary, func(s string) bool { return s == "" }), DefaultOptions(true)); err != nil {
			t.Errorf("%q is read and not taken: %v", vocabulary, err)
		}
	})
}

// FuzzTokenizerJSON: any bytes give a tokenizer that survives Save and Open, or an error.
func FuzzTokenizerJSON(f *testing.F) {
	f.Add([]byte(goodJSON))
	for _, name := range []string{"backend", "bare_json", "bert_processing", "added"} {
		text, err := os.ReadFile(filepath.Join(goldenFolder, "folders", name, "tokenizer.json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := parseJSON(text)
		if err != nil {
			return
		}
		tokenizer, err := openJSON(file)
		if err != nil {
			return
		}
		e, err := tokenizer.Encode("a <e> A b", "[MASK] c", EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		tokenizer.Decode(e.IDs, false, true)
	})
}

// FuzzSettings: any bytes in the small files of a folder give a tokenizer or an error.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"do_lower_case": false}`), []byte(`{"cls_token": "[CLS]"}`), []byte(`{"<e>": 6}`))
	f.Add([]byte(`{"added_tokens_decoder": {"6": {"content": "x", "lstrip": true}}}`), []byte(`{}`), []byte(`{}`))
	f.Add([]byte(`{"extra_special_tokens": ["a"], "padding_side": "left", "model_max_length": 512}`), []byte(`{"unk_token": null}`), []byte(``))
	f.Fuzz(func(t *testing.T, config, special, added []byte) {
		folder := t.TempDir()
		for name, text := range map[string][]byte{
			"vocab.txt": []byte(five + "a\n"), "tokenizer_config.json": config, "special_tokens_map.json": special, "added_tokens.json": added,
		} {
			if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		tokenizer, err := Open(folder)
		if err != nil {
			return
		}
		tokenizer.AppendIDs(nil, "a [MASK] x")
		saved := t.TempDir()
		if err := tokenizer.Save(saved); err != nil {
			t.Fatal(err)
		}
		again, err := Open(saved)
		if err != nil {
			t.Fatalf("what was saved cannot be opened: %v", err)
		}
		if again.Hash() != tokenizer.Hash() {
			t.Error("the hash changed on the way through Save and Open")
		}
	})
}

// fuzzTokenizer has all kinds of added tokens.
func fuzzTokenizer(f testing.TB) *Tokenizer {
	tokenizer, err := Open(filepath.Join(goldenFolder, "folders", "added"))
	if err != nil {
		f.Fatal(err)
	}
	return tokenizer
}

// FuzzEncode: the three doors agree with each other, and what an encoding says of places is true of the text.
func FuzzEncode(f *testing.F) {
	tokenizer := fuzzTokenizer(f)
	for _, text := range slices.Concat(plainTexts, broken, []string{"<e> <left>  <right>\u3000<both>\twholeword new  york [X] \u4e2d\u6587\u8bcd"}) {
		f.Add(text, "pair [MASK]", 12, 1, 3)
	}
	f.Fuzz(func(t *testing.T, text, pair string, length, stride, flags int) {
		if len(text)+len(pair) > 1<<12 {
			return
		}
		var p Pieces
		tokenizer.AppendPieces(&p, text)
		if ids := tokenizer.AppendIDs(nil, text); !slices.Equal(ids, p.IDs) {
			t.Errorf("%q: ids %v, with places %v", text, ids, p.IDs)
		}
		e, err := tokenizer.Encode(text, "", EncodeOptions{NoSpecial: true})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(e.IDs, p.IDs) || !slices.Equal(e.WordIDs, p.Words) {
			t.Errorf("%q: ids %v and words %v, encoded %v and %v", text, p.IDs, p.Words, e.IDs, e.WordIDs)
		}
		replaced := []rune(strings.ToValidUTF8(text, "\ufffd"))
		for i, o := range e.ByteOffsets {
			if o.Start < 0 || o.End < o.Start || o.End > len(text) {
				t.Fatalf("%q: token %d has the bytes %v", text, i, o)
			}
			if c := e.Offsets[i]; utf8.ValidString(text) && string(replaced[c.Start:c.End]) != text[o.Start:o.End] {
				t.Fatalf("%q: token %d has the code points %v and the bytes %v", text, i, c, o)
			}
		}
		o := EncodeOptions{
			MaxLength: length % 64, Stride: stride % 16, Truncation: Truncation(flags & 3), Padding: Padding(flags >> 2 & 1),
			TruncateSide: Side(flags >> 3 & 1), PaddingSide: Side(flags >> 4 & 1), NoSpecial: flags>>5&1 == 1, SplitSpecial: flags>>6&1 == 1,
		}
		e, err = tokenizer.Encode(text, pair, o)
		if err != nil {
			return
		}
		for i, e := range e.Flat() {
			n := e.Len()
			if len(e.TypeIDs) != n || len(e.Tokens) != n || len(e.Offsets) != n || len(e.ByteOffsets) != n || len(e.WordIDs) != n ||
				len(e.SpecialMask) != n || len(e.AttentionMask) != n || len(e.SequenceIDs()) != n {
				t.Fatalf("%q: the slices differ in length: %+v", text, e)
			}
			// Where special tokens leave no room at all, the whole text overflows in one.
			if i == 0 && o.MaxLength > 0 && o.Truncation > DoNotTruncate && n > o.MaxLength {
				t.Fatalf("%q: %d tokens, expected at most %d", text, n, o.MaxLength)
			}
		}
		if o.Truncation == TruncateAuto {
			return // means something else without padding
		}
		packed, err := tokenizer.EncodePacked([]Input{{Text: text, Pair: pair}}, false, o)
		if err != nil {
			t.Fatal(err)
		}
		o.Padding, o.PadToMultiple = DoNotPad, 0
		if e, err = tokenizer.Encode(text, pair, o); err != nil || !slices.Equal(packed.IDs, e.IDs) || !slices.Equal(packed.Types, e.TypeIDs) {
			t.Errorf("%q: packed %v, encoded %+v, %v", text, packed, e, err)
		}
	})
}

// FuzzDecode: any ids give text.
func FuzzDecode(f *testing.F) {
	tokenizer := fuzzTokenizer(f)
	f.Add([]byte{0, 1, 2, 3, 250, 7, 255, 255}, true, true)
	f.Fuzz(func(t *testing.T, bytes []byte, skip, clean bool) {
		var ids []int32
		for i := 0; i+1 < len(bytes); i += 2 {
			ids = append(ids, int32(int16(uint16(bytes[i])<<8|uint16(bytes[i+1]))))
		}
		if text := tokenizer.Decode(ids, skip, clean); !utf8.ValidString(text) {
			t.Errorf("%v: %q is not UTF-8", ids, text)
		}
	})
}

// FuzzTokenizerConfig feeds any text to the reader of tokenizer_config.json: it is refused by the name of the file, or the
// tokenizer cuts text, and is the same after it was saved and opened again.
func FuzzTokenizerConfig(f *testing.F) {
	f.Add([]byte(`{"do_lower_case": false, "strip_accents": null, "split_special_tokens": true, "model_max_length": 9, "truncation_side": "left"}`))
	f.Add([]byte(`{"added_tokens_decoder": {"6": {"content": "<x>", "lstrip": true}}, "cls_token": "[SEP]", "never_split": []}`))
	f.Add([]byte(`{"extra_special_tokens": ["[A]", {"content": "a"}], "mask_token": null, "tokenizer_class": "BertTokenizer", "do_basic_tokenize": false}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		folder := t.TempDir()
		for name, content := range map[string][]byte{"vocab.txt": []byte(five + "a\n"), "tokenizer_config.json": text} {
			if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		tokenizer, err := Open(folder)
		if err != nil {
			if !strings.Contains(err.Error(), folder) {
				t.Errorf("%v does not name the file", err)
			}
			return
		}
		ids := tokenizer.AppendIDs(nil, "A a [MASK]<x> b")
		saved := t.TempDir()
		if err := tokenizer.Save(saved); err != nil {
			t.Fatal(err)
		}
		again, err := Open(saved)
		if err != nil {
			t.Fatalf("what was saved is refused: %v", err)
		}
		if got := again.AppendIDs(nil, "A a [MASK]<x> b"); !slices.Equal(got, ids) {
			t.Errorf("%v, and when saved and opened again %v", ids, got)
		}
	})
}
