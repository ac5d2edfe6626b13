package wordpiece

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestManyGoroutines uses one tokenizer from several goroutines at once; go test -race sees more.
func TestManyGoroutines(t *testing.T) {
	tokenizer := fuzzTokenizer(t)
	var inputs []Input
	for i, text := range slices.Concat(plainTexts, plainTexts) {
		inputs = append(inputs, Pair(text, plainTexts[i%7]), Text(text))
	}
	o := EncodeOptions{MaxLength: 20, Truncation: LongestFirst, Padding: Longest, Workers: 1}
	want, err := tokenizer.EncodeBatch(inputs, o)
	if err != nil {
		t.Fatal(err)
	}
	o.Workers = 3
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			got, err := tokenizer.EncodeBatch(inputs, o)
			if err != nil {
				t.Error(err)
				return
			}
			if !reflect.DeepEqual(want, got) {
				t.Error("encodings differ")
			}
			var p Pieces
			for _, text := range plainTexts {
				p.Reset()
				tokenizer.AppendPieces(&p, text)
				if got := tokenizer.AppendIDs(nil, text); !slices.Equal(got, p.IDs) {
					t.Errorf("%q: %v, with places %v", text, got, p.IDs)
				}
			}
		})
	}
	group.Wait()
}

// TestPackedEqualsBatch: the fast way and the full way say the same.
func TestPackedEqualsBatch(t *testing.T) {
	for _, name := range []string{"uncased", "added", "backend"} {
		tokenizer, err := Open(filepath.Join(goldenFolder, "folders", name))
		if err != nil {
			t.Fatal(err)
		}
		var inputs []Input
		for i, text := range plainTexts {
			inputs = append(inputs, Text(text), Pair(text, plainTexts[(i*5)%len(plainTexts)]), SplitWords(strings.Fields(text)), Pair(text, ""))
		}
		for _, o := range []EncodeOptions{{}, {NoSpecial: true}, {MaxLength: 16, Stride: 2}, {MaxLength: 16, SplitSpecial: true, TruncateSide: Left}} {
			for _, overflowing := range []bool{false, true} {
				batch, err := tokenizer.EncodeBatch(inputs, o)
				if err != nil {
					t.Fatal(err)
				}
				packed, err := tokenizer.EncodePacked(inputs, overflowing, o)
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for i, e := range batch {
					list := []*Encoding{e}
					if overflowing {
						list = e.Flat()
					}
					for _, e := range list {
						if n >= packed.Len() || packed.Inputs[n] != i || !slices.Equal(packed.IDs[packed.Offsets[n]:packed.Offsets[n+1]], e.IDs) ||
							!slices.Equal(packed.Types[packed.Offsets[n]:packed.Offsets[n+1]], e.TypeIDs) {
							t.Fatalf("%s %+v: encoding %d of %d, of input %d, expected %v", name, o, n, packed.Len(), i, e.IDs)
						}
						n++
					}
				}
				if n != packed.Len() {
					t.Errorf("%s %+v: %d encodings, expected %d", name, o, packed.Len(), n)
				}
			}
		}
	}
}

// TestPaddingWithoutRoom: where special tokens leave no room, the text overflows whole, and the others are not filled up to it.
func TestPaddingWithoutRoom(t *testing.T) {
	e, err := fuzzTokenizer(t).Encode("the cat sat", "the dog", EncodeOptions{MaxLength: 3, Truncation: LongestFirst, Padding: Longest})
	if err != nil || e.Len() != 3 || len(e.Overflowing) == 0 || e.Overflowing[0].Len() <= 3 {
		t.Errorf("%+v, %v", e, err)
	}
}

// TestErrorNamesInput: of several faults the first one is told, whichever worker found it.
func TestErrorNamesInput(t *testing.T) {
	tokenizer := fuzzTokenizer(t)
	inputs := slices.Repeat([]Input{Text("a")}, 500)
	for _, bad := range []int{499, 300, 77} {
		inputs[bad] = Text("a a a a a a a a")
		_, err := tokenizer.EncodeBatch(inputs, EncodeOptions{MaxLength: 4, Truncation: OnlySecond, Workers: 4})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("input %d:", bad)) {
			t.Errorf("%v, expected input %d", err, bad)
		}
	}
}

// TestAllocations: the fast doors take nothing from the heap, added tokens in the text or not.
func TestAllocations(t *testing.T) {
	tokenizer, err := Open(filepath.Join(goldenFolder, "folders", "uncased"))
	if err != nil {
		t.Fatal(err)
	}
	text := "The heron waits [MASK] by the river, patient and still. [SEP] caf\u00e9 \u4e2d\u6587"
	ids := tokenizer.AppendIDs(make([]int32, 0, 1000), text)
	var p Pieces
	tokenizer.AppendPieces(&p, text)
	if n := testing.AllocsPerRun(200, func() { ids = tokenizer.AppendIDs(ids[:0], text) }); n >= 1 {
		t.Errorf("AppendIDs allocates %v times", n)
	}
	if n := testing.AllocsPerRun(200, func() { p.Reset(); tokenizer.AppendPieces(&p, text) }); n >= 1 {
		t.Errorf("AppendPieces allocates %v times", n)
	}
}

// TestHash: whatever changes ids changes the hash.
func TestHash(t *testing.T) {
	vocabulary := strings.Split(five+"a\nb\nab", "\n")
	base := DefaultOptions(true)
	seen := map[string]string{}
	note := func(what string, vocabulary []string, o Options) {
		tokenizer, err := New(vocabulary, o)
		if err != nil {
			t.Fatal(err)
		}
		if other, again := seen[tokenizer.Hash()]; again {
			t.Errorf("%s has the hash of %s", what, other)
		}
		seen[tokenizer.Hash()] = what
	}
	no := false
	note("base", vocabulary, base)
	note("cased", vocabulary, DefaultOptions(false))
	note("more", append(slices.Clone(vocabulary), "c"), base)
	note("other order", append(slices.Clone(vocabulary[:5]), "b", "a", "ab"), base)
	note("other cut", append(slices.Clone(vocabulary[:5]), "a", "ba", "b"), base)
	for what, change := range map[string]func(*Options){
		"accents": func(o *Options) { o.StripAccents = &no }, "chinese": func(o *Options) { o.ChineseChars = false },
		"clean": func(o *Options) { o.CleanText = false }, "word": func(o *Options) { o.MaxWord = 3 }, "prefix": func(o *Options) { o.Prefix = "@" },
		"added": func(o *Options) { o.Added = []AddedToken{SpecialToken("x")} }, "flag": func(o *Options) { o.Added = []AddedToken{{Content: "x"}} },
		"mask": func(o *Options) { o.Mask = "a" },
	} {
		o := base
		change(&o)
		note(what, vocabulary, o)
	}
	o := base
	o.MaxLength = 12
	if tokenizer, err := New(vocabulary, o); err != nil || seen[tokenizer.Hash()] != "base" {
		t.Errorf("the longest input changes the hash: %v", err)
	}
}

// TestSaveForTransformers: transformers loads what Save wrote and answers as it did for the folder that was opened.
func TestSaveForTransformers(t *testing.T) {
	args := []string{filepath.Join(goldenFolder, "recheck.py")}
	interpreter := python(t)
	for _, name := range goldenNames(t) {
		tokenizer, err := Open(filepath.Join(goldenFolder, "folders", name))
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		if err := tokenizer.Save(folder); err != nil {
			t.Fatal(err)
		}
		args = append(args, name+"="+folder)
	}
	cmd := exec.Command(interpreter, args...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Error(err)
	}
	t.Logf("%s", out)
}

// TestSaveAgain: files of an earlier tokenizer do not stay, and nothing is left half written.
func TestSaveAgain(t *testing.T) {
	folder := t.TempDir()
	o := DefaultOptions(true)
	o.Added = []AddedToken{SpecialToken("<e>")}
	for _, options := range []Options{o, DefaultOptions(false)} {
		tokenizer, err := New(strings.Split(five+"a", "\n"), options)
		if err != nil {
			t.Fatal(err)
		}
		if err := tokenizer.Save(folder); err != nil {
			t.Fatal(err)
		}
		again, err := Open(folder)
		if err != nil || again.Hash() != tokenizer.Hash() {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 4 {
		t.Errorf("the folder has %v, expected four files: %v", files, err)
	}
}
