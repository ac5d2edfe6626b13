package features

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/wordpiece"
)

// TestTheTruncationSideIsObeyed: a tokenizer that cuts on the left keeps the ends of texts, as transformers does
// (truncation_side); windows and tags, which count from the beginning, refuse it.
func TestTheTruncationSideIsObeyed(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"vocab.txt":             "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\ne\nf\n",
		"tokenizer_config.json": `{"truncation_side": "left"}`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tokenizer, err := wordpiece.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := NewClassifier(tokenizer, nil, Options{MaxLength: 7})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []wordpiece.Input{wordpiece.Text("a b c d e f"), wordpiece.Pair("a b c d", "e f a b"), wordpiece.Text("a b"), wordpiece.Pair("a b c d e f", "b")} {
		want, err := tokenizer.Encode(in.Text, in.Pair, wordpiece.EncodeOptions{MaxLength: 7, Truncation: wordpiece.LongestFirst})
		if err != nil {
			t.Fatal(err)
		}
		var b Batch
		if err := encoder.Clone().Append(&b, &labelled.Example{Text: in.Text, Pair: in.Pair, HasPair: in.IsPair}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(b.IDs, want.IDs) || !slices.Equal(b.Types, want.TypeIDs) {
			t.Errorf("%+v: %v %v, want %v %v", in, b.IDs, b.Types, want.IDs, want.TypeIDs)
		}
	}
	if _, err := NewTagger(tokenizer, nil, Options{}); err == nil || !strings.Contains(err.Error(), "truncation_side") {
		t.Errorf("tags: %v", err)
	}
	if _, err := NewReader(tokenizer, Options{}); err == nil || !strings.Contains(err.Error(), "truncation_side") {
		t.Errorf("answers: %v", err)
	}
}
