package wordpiece

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folderOf writes the files of a tokenizer.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestTokenizersThatDoNotFitTheirModel: what would give ids that mean something else is refused, what only looks odd is told.
func TestTokenizersThatDoNotFitTheirModel(t *testing.T) {
	for name, c := range map[string]struct {
		files       map[string]string
		vocabulary  int
		doubt, want string
	}{
		"its own":                 {map[string]string{"vocab.txt": five + "a\n"}, 6, "", ""},
		"rounded up":              {map[string]string{"vocab.txt": five + "a\n"}, 128, "", ""},
		"far smaller":             {map[string]string{"vocab.txt": five + "a\n"}, 1000, "994 of them can never be read", ""},
		"larger":                  {map[string]string{"vocab.txt": five + "a\n"}, 5, "", "knows 6 tokens, its model 5"},
		"cut before [SEP]":        {map[string]string{"vocab.txt": "[PAD]\n[UNK]\n[CLS]\n"}, 1000, "", "lacks [SEP], [MASK]"},
		"cased by its words":      {map[string]string{"vocab.txt": five + "a\nBerlin\n"}, 7, `text keeps its case, where transformers would make it lower case (hint: a tokenizer_config.json with {"do_lower_case": false}`, ""},
		"cased by a file":         {map[string]string{"vocab.txt": five + "a\nBerlin\n", "tokenizer_config.json": `{"do_lower_case": false}`}, 7, "", ""},
		"an id that a file gives": {map[string]string{"vocab.txt": "[PAD]\n[UNK]\n[CLS]\n[SEP]\n", "added_tokens.json": `{"[MASK]": 4}`}, 100, "", ""},
		"no separator":            {map[string]string{"tokenizer.json": strings.Replace(goodJSON, `"a": 1`, `"[CLS]": 1`, 1)}, 3, "", `no "[SEP]"`},
		"nothing around a text": {map[string]string{
			"tokenizer.json":        strings.NewReplacer(`"a": 1`, `"[CLS]": 1, "[SEP]": 2`, `"id": 2`, `"id": 3`).Replace(goodJSON),
			"tokenizer_config.json": `{"tokenizer_class": "Unheard"}`,
		}, 10, "", "post_processor"},
	} {
		tokenizer, err := Open(folderOf(t, c.files))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		doubt, err := tokenizer.ForModel(c.vocabulary)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || !strings.Contains(doubt, c.doubt) || (doubt == "") != (c.doubt == "") {
			t.Errorf("%s: got %q and %v, want %q and %q", name, doubt, err, c.doubt, c.want)
		}
	}
}

// TestSplitSpecialTokensIsDone: a folder's word is what the option of one call is, through every door.
func TestSplitSpecialTokensIsDone(t *testing.T) {
	files := map[string]string{"vocab.txt": five + "[\n]\ncls\nmask\na\n", "tokenizer_config.json": `{}`}
	plain, err := Open(folderOf(t, files))
	if err != nil {
		t.Fatal(err)
	}
	files["tokenizer_config.json"] = `{"split_special_tokens": true}`
	split, err := Open(folderOf(t, files))
	if err != nil {
		t.Fatal(err)
	}
	const text = "a [MASK] a[CLS]"
	want, err := plain.Encode(text, "", EncodeOptions{SplitSpecial: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err := split.Encode(text, "", EncodeOptions{})
	if err != nil || !slices.Equal(got.IDs, want.IDs) {
		t.Errorf("Encode: %v, want %v, %v", got.IDs, want.IDs, err)
	}
	inner := want.IDs[1 : len(want.IDs)-1]
	if ids := split.AppendIDs(nil, text); !slices.Equal(ids, inner) {
		t.Errorf("AppendIDs: %v, want %v", ids, inner)
	}
	var pieces Pieces
	if split.AppendPieces(&pieces, text); !slices.Equal(pieces.IDs, inner) {
		t.Errorf("AppendPieces: %v, want %v", pieces.IDs, inner)
	}
	if slices.Equal(plain.AppendIDs(nil, text), inner) || plain.Hash() == split.Hash() {
		t.Error("the switch makes no difference")
	}
	saved := t.TempDir()
	if err := split.Save(saved); err != nil {
		t.Fatal(err)
	}
	again, err := Open(saved)
	if err != nil || !slices.Equal(again.AppendIDs(nil, text), inner) || again.Hash() != split.Hash() {
		t.Errorf("saved and opened: %v", err)
	}
}

// TestLoweredIsAnotherFoldersUncased: letters are made small, accents stay as they were treated.
func TestLoweredIsAnotherFoldersUncased(t *testing.T) {
	for config, want := range map[string][]int32{
		`{"do_lower_case": false}`:                         {5, 6},
		`{"do_lower_case": false, "strip_accents": true}`:  {5, 7},
		`{"do_lower_case": false, "strip_accents": false}`: {5, 6},
	} {
		tokenizer, err := Open(folderOf(t, map[string]string{"vocab.txt": five + "boat\né\ne\n", "tokenizer_config.json": config}))
		if err != nil {
			t.Fatal(err)
		}
		lowered, err := tokenizer.Lowered()
		if err != nil {
			t.Fatal(err)
		}
		if got := lowered.AppendIDs(nil, "BOAT É"); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", config, got, want)
		}
	}
}
