package corpus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data"
)

// divided are texts of every kind: plain ones of many blocks with and without marks that are found from a block's end, packed ones,
// tables, and small files.
func divided(t testing.TB) map[string]BuildOptions {
	text := corpusText(3)
	lines := strings.ReplaceAll(text, "\n\n", "\n")
	wiki, jsonl, csv := &strings.Builder{}, &strings.Builder{}, &strings.Builder{}
	csv.WriteString("id,text\n")
	var rows []row
	for i, document := range strings.Split(text, "\n\n") {
		one := strings.ReplaceAll(document, "\n", " ")
		fmt.Fprintf(wiki, "<doc id=\"%d\" url=\"u\" title=\"T\">\nT\n\n%s\n</doc>\n", i, document)
		fmt.Fprintf(jsonl, "{\"text\": %q}\n", one)
		fmt.Fprintf(csv, "%d,\"%s\"\n", i, document)
		rows = append(rows, row{int64(i), &one, "en"})
	}
	options := func(names ...any) BuildOptions {
		o := buildOptions(t)
		for i := 0; i < len(names); i += 2 {
			o.Paths = append(o.Paths, file(t, names[i].(string), []byte(names[i+1].(string))))
		}
		o.ShardSize, o.HeldOut = blockBytes+1, 0.05
		return o
	}
	small := buildOptions(t)
	for i := range 40 {
		small.Paths = append(small.Paths, file(t, fmt.Sprintf("%02d.txt", i), []byte(strings.ToValidUTF8(corpusText(uint64(i))[:1000*(1+i*i%7)], ""))))
	}
	small.ShardSize, small.HeldOut = 20000, 0.05
	skipping := options("a.jsonl", strings.Replace(jsonl.String(), `{"text"`, `{"tixt"`, 3), "b.jsonl", jsonl.String()+"{\n")
	skipping.OnError = func(error) {}
	lined := options("a.txt", lines)
	lined.DocumentLines = 7
	return map[string]BuildOptions{
		"plain":               options("a.txt", text, "b.txt", corpusText(4), "c.txt", "The cat sat.\n"),
		"carriage returns":    options("a.txt", strings.ReplaceAll(text, "\n", "\r\n")),
		"one document":        options("a.txt", lines),
		"a byte order mark":   options("a.txt", "\ufeff"+text),
		"a line":              options("a.txt", strings.ReplaceAll(text, "\n", " ")+"\nThe cat.\n"+text),
		"lines of a document": lined,
		"UTF-16":              options("a.txt", string(utf16Bytes(text, false))),
		"gzip":                options("a.txt.gz", string(gzipped([]byte(text)))),
		"zstandard":           options("a.txt.zst", string(zstandard(t, []byte(text)))),
		"wiki":                options("a", wiki.String()),
		"JSON Lines":          options("a.jsonl", jsonl.String()),
		"CSV":                 options("a.csv", csv.String()),
		"Parquet":             options("a.parquet", string(parquetBytes(t, rows, 500))),
		"small files":         small,
		"faults are skipped":  skipping,
		"less than a block":   options("a.txt", "The cat sat.\nThe dog ran.\n\nA cat.\nA dog.\n\nThe dog.\nThe cat.\n"),
	}
}

// build makes all parts of a corpus, and joins them.
func buildParts(t testing.TB, o BuildOptions, of int) (parts []*PartManifest) {
	t.Helper()
	for number := of; number >= 1; number-- { // in whatever order
		p, err := BuildPart(t.Context(), o, data.Part{Number: number, Of: of})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	return parts
}

func mustJoin(t testing.TB, folder string) *Manifest {
	t.Helper()
	m, err := Join(t.Context(), JoinOptions{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestPartsJoinToTheWhole compares all files byte by byte, and sees that parts have about equal work.
func TestPartsJoinToTheWhole(t *testing.T) {
	for name, o := range divided(t) {
		t.Run(name, func(t *testing.T) {
			whole := mustBuild(t, o)
			want := contents(t, o.Folder)
			divisions := []int{5}
			if name == "plain" {
				divisions = []int{1, 2, 8}
			}
			for _, of := range divisions {
				o.Folder = filepath.Join(t.TempDir(), "corpus")
				parts := buildParts(t, o, of)
				for _, p := range parts {
					if most := whole.Statistics.Bytes/int64(of) + 2*blockBytes; p.Statistics.Bytes > most && name != "a line" {
						t.Errorf("part %v has %d bytes of text, expected at most %d of %d", p.Part, p.Statistics.Bytes, most, whole.Statistics.Bytes)
					}
				}
				if _, err := Open(o.Folder); err == nil || !strings.Contains(err.Error(), "join") {
					t.Errorf("a corpus whose parts are not joined opens: %v", err)
				}
				if diff := cmp.Diff(whole, mustJoin(t, o.Folder)); diff != "" {
					t.Errorf("%d parts: another manifest:\n%s", of, diff)
				}
				if got := contents(t, o.Folder); !cmp.Equal(want, got) {
					t.Errorf("%d parts: other files", of)
				}
				mustJoin(t, o.Folder) // again it does nothing
			}
		})
	}
}

// TestPartsDivideTheWork: files as wholes where there are enough, blocks of those that are too large, and nothing twice.
func TestPartsDivideTheWork(t *testing.T) {
	for name, sizes := range map[string][]int64{
		"one":    {1000},
		"equal":  {5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5},
		"giant":  {1, 1, 1, 1, 1, 1, 1e6, 1, 1, 1},
		"empty":  {0, 0},
		"slopes": {100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1},
	} {
		sources := make([]Source, len(sizes))
		for i, size := range sizes {
			sources[i].Size = size
		}
		for of := 1; of <= 9; of++ {
			for source := range sources {
				for block := range 20 {
					has := 0
					for number := 1; number <= of; number++ {
						s := newShare(sources, data.Part{Number: number, Of: of})
						if s.has(position{Source: source, Block: block}) {
							has++
							if !s.reads(source) {
								t.Errorf("%s: part %d of %d has block %d of source %d, which it does not read", name, number, of, block, source)
							}
						}
					}
					if has != 1 {
						t.Fatalf("%s: %d of %d parts have block %d of source %d", name, has, of, block, source)
					}
				}
			}
		}
	}
	// A hundred files of about the same size are not taken apart.
	sources := make([]Source, 100)
	for i := range sources {
		sources[i].Size = int64(1000 + i%17)
	}
	s := newShare(sources, data.Part{Number: 1, Of: 8})
	apart := 0
	for i := range sources {
		if s.owner[i] == shared {
			apart++
		}
	}
	if apart > 8 {
		t.Errorf("%d of 100 files are taken apart", apart)
	}
}

// TestPartsGoOn stops parts and joins after each block.
func TestPartsGoOn(t *testing.T) {
	o := divided(t)["plain"]
	o.ShardSize = 1 // a file of blocks for each, so that there is much to go on from
	mustBuild(t, o)
	want := contents(t, o.Folder)
	o.Folder = filepath.Join(t.TempDir(), "corpus")
	stop := errors.New("stop")
	stopped := 0
	again := func(work func(ctx context.Context, progress func(Progress)) error) {
		t.Helper()
		for range 30 {
			ctx, cancel := context.WithCancelCause(t.Context())
			blocks := 0
			err := work(ctx, func(Progress) {
				if blocks++; blocks == 2 {
					cancel(stop)
				}
			})
			cancel(nil)
			if err == nil {
				return
			}
			if !errors.Is(err, stop) {
				t.Fatal(err)
			}
			stopped++
		}
		t.Fatal("it never ends")
	}
	for number := 1; number <= 2; number++ {
		again(func(ctx context.Context, progress func(Progress)) error {
			o.Progress = progress
			_, err := BuildPart(ctx, o, data.Part{Number: number, Of: 2})
			return err
		})
		// What a killed process was writing goes with the part.
		if err := os.WriteFile(filepath.Join(PartFolder(o.Folder, data.Part{Number: number, Of: 2}), ".part.json.gobert-7"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again(func(ctx context.Context, progress func(Progress)) error {
		_, err := Join(ctx, JoinOptions{Folder: o.Folder, Progress: progress})
		return err
	})
	if got := contents(t, o.Folder); !cmp.Equal(want, got) {
		t.Error("other files")
	}
	if stopped < 3 {
		t.Errorf("stopped %d times: the test needs more", stopped)
	}
}

// TestPartsThatDoNotFit are named, each; nothing is joined, and nothing of anybody's is removed.
func TestPartsThatDoNotFit(t *testing.T) {
	var texts []string
	for i := range 8 {
		texts = append(texts, strings.ToValidUTF8(corpusText(uint64(i))[:5000], ""))
	}
	whole := buildOptions(t, append(texts, "The cat sat.\n")...)
	whole.HeldOut = 0.05
	edit := func(folder, from, to string) {
		path := filepath.Join(folder, partName)
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), from) {
			t.Fatal(err, string(text))
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		spoil func(folder string, part func(number int) string)
		want  []string
	}{
		"missing":     {func(_ string, part func(int) string) { os.RemoveAll(part(2)); os.RemoveAll(part(4)) }, []string{"parts 2 and 4 of 4 are not in "}},
		"all missing": {func(folder string, _ func(int) string) { os.RemoveAll(folder); os.Mkdir(folder, 0o755) }, []string{"holds no parts"}},
		"no folder":   {func(folder string, _ func(int) string) { os.RemoveAll(folder) }, []string{"no such file"}},
		"doubled":     {func(_ string, part func(int) string) { os.RemoveAll(part(3)); os.CopyFS(part(3), os.DirFS(part(1))) }, []string{"part-3-of-4 holds part 1/4: it is there twice"}},
		"of others":   {func(folder string, _ func(int) string) { os.Mkdir(filepath.Join(folder, "part-1-of-5"), 0o755) }, []string{"parts of 4 and of 5: part-1-of-4 and part-1-of-5"}},
		"beyond":      {func(folder string, _ func(int) string) { os.Mkdir(filepath.Join(folder, "part-7-of-4"), 0o755) }, []string{"part-7-of-4 is the name of no part"}},
		"foreign":     {func(_ string, part func(int) string) { os.Remove(filepath.Join(part(2), partName)) }, []string{"part-2-of-4 is no part, for it has no part.json"}},
		"no JSON": {func(_ string, part func(int) string) {
			os.WriteFile(filepath.Join(part(2), partName), []byte("{"), 0o644)
		}, []string{"part.json is damaged"}},
		"unfinished": {func(_ string, part func(int) string) { edit(part(3), `"finished": true`, `"finished": false`) }, []string{"part 3/4 is not finished"}},
		"settings":   {func(_ string, part func(int) string) { edit(part(3), `"held_out": 0.05`, `"held_out": 0.5`) }, []string{"part 3/4 differs from part 1/4 in heldout"}},
		"text":       {func(_ string, part func(int) string) { edit(part(2), `"size": 13`, `"size": 14`) }, []string{"part 2/4 differs from part 1/4 in the size of ", "8.txt (13, now 14)"}},
		"two faults": {func(_ string, part func(int) string) { os.RemoveAll(part(1)); edit(part(3), `"seed": 0`, `"seed": 1`) }, []string{"part 1 of 4 is not in", "part 3/4 differs from part 2/4 in seed"}},
		"a file":     {func(_ string, part func(int) string) { os.Remove(filepath.Join(part(1), "blocks-00000")) }, []string{"part 1/4: ", "blocks-00000 is gone"}},
		"cut":        {func(_ string, part func(int) string) { os.Truncate(filepath.Join(part(1), "blocks-00000"), 1000) }, []string{"blocks-00000 has 1000 bytes"}},
		"a tokenizer": {func(_ string, part func(int) string) {
			os.WriteFile(filepath.Join(part(1), TokenizerName, "vocab.txt"), []byte("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nx\n"), 0o644)
			os.Remove(filepath.Join(part(1), TokenizerName, "tokenizer.json"))
		}, []string{"part 1/4: ", "another tokenizer"}},
		"another text": {func(_ string, part func(int) string) { edit(part(1), `"blocks-00000"`, `"blocks-00001"`) }, []string{"part.json is damaged"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := whole
			o.Folder = filepath.Join(t.TempDir(), "corpus")
			buildParts(t, o, 4)
			c.spoil(o.Folder, func(number int) string { return PartFolder(o.Folder, data.Part{Number: number, Of: 4}) })
			var before map[string]string
			if name != "no folder" {
				before = contents(t, o.Folder)
			}
			_, err := Join(t.Context(), JoinOptions{Folder: o.Folder})
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %q", err, want)
				}
			}
			if name != "no folder" && !cmp.Equal(before, contents(t, o.Folder)) {
				t.Error("the folder changed")
			}
		})
	}
}

// TestDamagedBlocksAreFound: a byte that changed, and texts that differ between parts though their sizes do not.
func TestDamagedBlocksAreFound(t *testing.T) {
	o := divided(t)["plain"]
	o.Folder = filepath.Join(t.TempDir(), "corpus")
	buildParts(t, o, 3) // the second one begins in the middle of the first file
	path := filepath.Join(PartFolder(o.Folder, data.Part{Number: 2, Of: 3}), "blocks-00000")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Join(t.Context(), JoinOptions{Folder: o.Folder})
	if err == nil || !strings.Contains(err.Error(), "blocks-00000 is damaged") {
		t.Error(err)
	}
	o.Overwrite = true
	original, err := os.ReadFile(o.Paths[0])
	if err != nil {
		t.Fatal(err)
	}
	other := append([]byte("a\n\n"), original[:len(original)-3]...) // all documents are at other places
	if err := os.WriteFile(o.Paths[0], other, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := BuildPart(t.Context(), o, data.Part{Number: 2, Of: 3}); err != nil {
		t.Fatal(err)
	}
	_, err = Join(t.Context(), JoinOptions{Folder: o.Folder})
	if err == nil || !strings.Contains(err.Error(), "no part has what follows") {
		t.Error(err)
	}
	if found, err := os.ReadDir(o.Folder); err != nil || len(found) != 3 {
		t.Errorf("%v, %v: expected the three parts alone", found, err)
	}
}

// TestPartFaultsAreAtTheirLines: a part that does not read what comes before a block says the line all the same.
func TestPartFaultsAreAtTheirLines(t *testing.T) {
	line := "{\"text\": \"" + strings.Repeat("the cat ", 40) + "\"}\n"
	text := strings.Repeat(line, 20000)
	text = text[:len(line)*15001] + "{\"tixt\": 1}\n" + text[len(line)*15001:]
	for _, packed := range []bool{false, true} {
		o := buildOptions(t)
		path := file(t, "a.jsonl", []byte(text))
		if packed {
			path = file(t, "a.jsonl.gz", gzipped([]byte(text)))
		}
		o.Paths, o.Folder = []string{path}, filepath.Join(t.TempDir(), "corpus")
		var faults []error
		for number := 1; number <= 3; number++ {
			if _, err := BuildPart(t.Context(), o, data.Part{Number: number, Of: 3}); err != nil {
				faults = append(faults, err)
			}
		}
		if len(faults) != 1 || !strings.Contains(faults[0].Error(), ": line 15002: it has no field") {
			t.Error(faults)
		}
		// What cannot be read ends every part.
		o.Paths = append(o.Paths, filepath.Join(t.TempDir(), "nowhere"))
		for number := 1; number <= 3; number++ {
			if _, err := BuildPart(t.Context(), o, data.Part{Number: number, Of: 3}); err == nil {
				t.Error("a file that is not there is no error")
			}
		}
	}
}

// TestAPartIsRefused where it would be another one, stand in somebody else's folder, or divide what is read once.
func TestAPartIsRefused(t *testing.T) {
	one := data.Part{Number: 1, Of: 2}
	o := buildOptions(t, "The cat sat.\n")
	if _, err := BuildPart(t.Context(), o, one); err != nil {
		t.Fatal(err)
	}
	other := o
	other.HeldOut = 0.5
	for want, try := range map[string]func() error{
		"differs in heldout":    func() error { _, err := BuildPart(t.Context(), other, one); return err },
		"holds parts of a corp": func() error { _, err := Build(t.Context(), o); return err },
		"cannot be divided": func() error {
			stdin := o
			stdin.Paths = []string{Stdin}
			_, err := BuildPart(t.Context(), stdin, one)
			return err
		},
		"holds other files": func() error {
			own := o
			own.Folder = t.TempDir()
			os.WriteFile(filepath.Join(own.Folder, "notes"), nil, 0o644)
			_, err := BuildPart(t.Context(), own, one)
			return err
		},
	} {
		if err := try(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	other.Overwrite = true
	if _, err := BuildPart(t.Context(), other, one); err != nil {
		t.Error(err)
	}
}
