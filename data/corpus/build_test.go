package corpus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/indexed"
	"gobert/data/wordpiece"
	"gobert/internal/disk"
)

// words is a tokenizer of a few words.
func words(t testing.TB) *wordpiece.Tokenizer {
	t.Helper()
	pieces := []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "dog", "ran", ".", "a", "##s"}
	k, err := wordpiece.New(pieces, wordpiece.DefaultOptions(true))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func buildOptions(t testing.TB, texts ...string) BuildOptions {
	o := NewBuildOptions()
	for i, text := range texts {
		o.Paths = append(o.Paths, file(t, fmt.Sprintf("%d.txt", i), []byte(text)))
	}
	o.Tokenizer, o.Folder, o.HeldOut = words(t), filepath.Join(t.TempDir(), "corpus"), 0
	return o
}

func mustBuild(t testing.TB, o BuildOptions) *Manifest {
	t.Helper()
	m, err := Build(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// decoded returns the documents of a data set as text.
func decoded(k *wordpiece.Tokenizer, d *indexed.Dataset) (documents []document) {
	for doc := range d.Documents() {
		var sentences document
		first, last := d.DocumentRange(doc)
		for i := first; i < last; i++ {
			var tokens []string
			for _, id := range d.AppendSentence(nil, i) {
				tokens = append(tokens, k.Token(id))
			}
			sentences = append(sentences, strings.Join(tokens, " "))
		}
		documents = append(documents, sentences)
	}
	return documents
}

// contents returns all files of a folder.
func contents(t testing.TB, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestBuild(t *testing.T) {
	o := buildOptions(t, "The cat sat.\nThe cats ran.\n\n\u200b\n\nA dog.\n", "the internationalisierung ran\n")
	m := mustBuild(t, o)
	c, err := Open(o.Folder)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := []document{{"the cat sat .", "the cat ##s ran ."}, {"a dog ."}, {"the [UNK] ran"}}
	if diff := cmp.Diff(want, decoded(o.Tokenizer, c.Train)); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	wantStats := Statistics{
		Counts: Counts{3, 4, 15}, Bytes: 70, Records: 7, Unknown: 1,
		LongestWord: "internationalisierung", Longest: 21,
	}
	if diff := cmp.Diff(wantStats, m.Statistics); diff != "" {
		t.Errorf("statistics (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(m, c.Manifest); diff != "" {
		t.Errorf("the manifest read is not the one written:\n%s", diff)
	}
	k, err := wordpiece.Open(TokenizerOf(o.Folder))
	if err != nil {
		t.Fatal(err)
	}
	if k.Hash() != m.Tokenizer.Hash {
		t.Errorf("the copy of the tokenizer is another: %s, not %s", k.Hash(), m.Tokenizer.Hash)
	}
	if err := c.CheckNextSentence(); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(o.Folder); len(entries) != 3 {
		t.Errorf("got %v, want manifest, tokenizer and train", entries)
	}
}

// corpusTexts are those that were made, by seed.
var corpusTexts sync.Map

// corpusText makes documents of several mebibytes, for a seed once.
func corpusText(seed uint64) string {
	made, _ := corpusTexts.LoadOrStore(seed, sync.OnceValue(func() string {
		rng := rand.New(rand.NewPCG(seed, 1))
		vocabulary := []string{"the ", "cat ", "cats ", "sat. ", "dog ", "ran. ", "a ", "bird ", "Über "}
		var b strings.Builder
		for b.Len() < 3*blockBytes {
			for range 1 + rng.IntN(12) {
				for range 1 + rng.IntN(30) {
					b.WriteString(vocabulary[rng.IntN(len(vocabulary))])
				}
				b.WriteByte('\n')
			}
			b.WriteByte('\n')
		}
		return b.String()
	}))
	return made.(func() string)()
}

// sharded returns options for a corpus of several shards with a held-out part.
func sharded(t testing.TB) BuildOptions {
	o := buildOptions(t, corpusText(1), "The cat sat.\n", corpusText(2))
	o.HeldOut, o.ShardSize, o.Workers = 0.05, blockBytes+1, 2
	return o
}

// TestWorkersChangeNothing compares all files byte by byte, the manifest included.
func TestWorkersChangeNothing(t *testing.T) {
	o := sharded(t)
	m := mustBuild(t, o)
	if len(m.Shards) < 3 || m.HeldOut.Documents == 0 {
		t.Fatalf("got %d shards, %d documents held out; the test needs several", len(m.Shards), m.HeldOut.Documents)
	}
	want := contents(t, o.Folder)
	for _, workers := range []int{1, 5} {
		o.Folder, o.Workers = filepath.Join(t.TempDir(), "again"), workers
		mustBuild(t, o)
		if got := contents(t, o.Folder); !cmp.Equal(want, got) {
			t.Errorf("%d workers write other files", workers)
		}
	}
}

// TestResume stops builds at many places, as a kill would: what is there then is all that
// the next build knows.
func TestResume(t *testing.T) {
	o := sharded(t)
	mustBuild(t, o)
	want := contents(t, o.Folder)
	stop := errors.New("stop")
	resumed := 0
	for stopAt := 1; stopAt <= 7; stopAt++ {
		o.Folder = filepath.Join(t.TempDir(), "stopped")
		for attempt := range 20 {
			ctx, cancel := context.WithCancelCause(context.Background())
			blocks := 0
			o.Progress = func(p Progress) {
				resumed = max(resumed, p.Resumed)
				if blocks++; blocks == stopAt {
					cancel(stop)
				}
			}
			_, err := Build(ctx, o)
			cancel(nil)
			if err == nil {
				break
			}
			if !errors.Is(err, stop) {
				t.Fatal(err)
			}
			// A kill leaves the growing files and, at worst, a whole shard that is not written down.
			if attempt == 0 {
				os.WriteFile(filepath.Join(o.Folder, TrainName, "shard-00007.bin"), []byte("whole but unknown"), 0o644)
				os.WriteFile(disk.Growing(filepath.Join(o.Folder, TrainName, "shard-00002.bin")), []byte("half"), 0o644)
			}
			if stopAt < 3 && attempt > 3 {
				o.Progress = nil // such a build never gets over its first shard
				mustBuild(t, o)
				break
			}
		}
		if got := contents(t, o.Folder); !cmp.Equal(want, got) {
			t.Errorf("stopped after every %d blocks: the files differ from those of a build that went through", stopAt)
		}
	}
	if resumed == 0 {
		t.Error("no build went on from a shard")
	}
}

// TestManifestHasTheSumsOfItsFiles: of all of them, and of no others.
func TestManifestHasTheSumsOfItsFiles(t *testing.T) {
	for name, text := range map[string]string{"small": "The cat sat.\n\nA dog ran.\n", "of shards": corpusText(1) + corpusText(2)} {
		o := buildOptions(t, text)
		o.ShardSize, o.HeldOut = 4096, 0.1
		m := mustBuild(t, o)
		got := map[string]disk.Sum{}
		for _, part := range []string{TrainName, HeldOutName} {
			paths, err := filepath.Glob(filepath.Join(o.Folder, part, "*"))
			if err != nil {
				t.Fatal(err)
			}
			sums, err := disk.Sums(t.Context(), paths, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, path := range paths {
				got[part+"/"+filepath.Base(path)] = sums[i]
			}
		}
		if diff := cmp.Diff(got, m.Files); diff != "" || len(got) == 0 {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestFinishedIsKept: the same command again does nothing, another one is refused.
func TestFinishedIsKept(t *testing.T) {
	o := buildOptions(t, "The cat sat.\n\nA dog ran.\n")
	m := mustBuild(t, o)
	o.Progress = func(Progress) { t.Error("the text was read again") }
	if diff := cmp.Diff(m, mustBuild(t, o)); diff != "" {
		t.Errorf("got another manifest:\n%s", diff)
	}
	o.Progress = nil
	for name, change := range map[string]func(*BuildOptions){
		"heldout":          func(o *BuildOptions) { o.HeldOut = 0.5 },
		"shard-size":       func(o *BuildOptions) { o.ShardSize = 7 },
		"split":            func(o *BuildOptions) { o.Split = ptr(true) },
		"format":           func(o *BuildOptions) { o.Format = Lines },
		"seed":             func(o *BuildOptions) { o.Seed = 3 },
		"field":            func(o *BuildOptions) { o.Field = "x" },
		"its source files": func(o *BuildOptions) { o.Paths = []string{file(t, "0.txt", []byte("The dog ran off.\n"))} },
		"the number of":    func(o *BuildOptions) { o.Paths = append(slices.Clone(o.Paths), o.Paths[0]) },
		"the tokenizer ": func(o *BuildOptions) {
			o.Tokenizer, _ = wordpiece.New([]string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the"}, wordpiece.DefaultOptions(true))
		},
	} {
		other := o
		change(&other)
		_, err := Build(context.Background(), other)
		if err == nil || !strings.Contains(err.Error(), "differs in "+strings.TrimSpace(name)) || !strings.Contains(err.Error(), "overwrite") {
			t.Errorf("%s: got %v, want it refused by name", name, err)
		}
		other.Overwrite = true
		if _, err := Build(context.Background(), other); err != nil {
			t.Errorf("%s: overwriting: %v", name, err)
		}
		o.Overwrite = true
		mustBuild(t, o)
		o.Overwrite = false
	}
}

func TestForeignFoldersAreRefused(t *testing.T) {
	o := buildOptions(t, "The cat sat.\n")
	o.Folder = t.TempDir()
	os.WriteFile(filepath.Join(o.Folder, "thesis.tex"), []byte("years of work"), 0o644)
	for _, o.Overwrite = range []bool{false, true} {
		if _, err := Build(context.Background(), o); err == nil || !strings.Contains(err.Error(), "thesis.tex") {
			t.Errorf("overwrite %v: got %v, want the folder refused", o.Overwrite, err)
		}
	}
	if got := contents(t, o.Folder); len(got) != 1 {
		t.Errorf("got %v, want the folder untouched", got)
	}
	o.Folder, o.Overwrite = filepath.Join(t.TempDir(), "own"), false
	mustBuild(t, o)
	notes := filepath.Join(o.Folder, "notes.md")
	os.WriteFile(notes, []byte("about this corpus"), 0o644)
	o.Overwrite = true
	mustBuild(t, o)
	if _, err := os.Stat(notes); err != nil {
		t.Errorf("overwriting a corpus lost what lay beside it: %v", err)
	}
}

func TestBuildFaults(t *testing.T) {
	lacking, err := wordpiece.New([]string{"[PAD]", "[UNK]", "the"}, wordpiece.DefaultOptions(true))
	if err != nil {
		t.Fatal(err)
	}
	o := buildOptions(t, "The cat sat.\n")
	o.Tokenizer, o.HeldOut, o.ShardSize, o.Workers, o.Folder = lacking, 1, 0, -1, ""
	_, err = Build(context.Background(), o)
	for _, want := range []string{"lacks [CLS], [SEP], [MASK]", "held-out share is 1", "shard size is 0", "-1 workers", "no folder given"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want all faults at once, also %q", err, want)
		}
	}
	o = buildOptions(t, "\u200b\n\n \n")
	if _, err := Build(context.Background(), o); err == nil || !strings.Contains(err.Error(), "no documents") {
		t.Errorf("got %v for a text without words", err)
	}
	if _, err := os.Stat(o.Folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a build of nothing left its folder: %v", err)
	}
}

// TestOneDocument: the corpus is built, and says what cannot be done with it.
func TestOneDocument(t *testing.T) {
	o := buildOptions(t, "The cat sat.\nThe dog ran.\n")
	mustBuild(t, o)
	c, err := Open(o.Folder)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.CheckNextSentence(); err == nil || !strings.Contains(err.Error(), "one document") {
		t.Errorf("got %v, want it to say that there is one document", err)
	}
}

// TestHeldOut: the parts are disjoint, together they are everything, and the share is about right.
func TestHeldOut(t *testing.T) {
	var text strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&text, "%s.\n\n", strings.Repeat("the cat ", i%50+1))
	}
	o := buildOptions(t, text.String())
	o.HeldOut = 0.1
	m := mustBuild(t, o)
	if share := float64(m.HeldOut.Documents) / 4000; share < 0.08 || share > 0.12 {
		t.Errorf("held out %v of the documents, want about 0.1", share)
	}
	if m.Train.Documents+m.HeldOut.Documents != 4000 || m.Train.Tokens+m.HeldOut.Tokens != m.Statistics.Tokens {
		t.Errorf("got %v and %v, want all of %v", m.Train, m.HeldOut, m.Statistics.Counts)
	}
	other := o
	other.Seed, other.Folder = 9, filepath.Join(t.TempDir(), "other")
	if n := mustBuild(t, other); n.HeldOut == m.HeldOut {
		t.Error("another seed holds out the same documents")
	}
}

// TestSkip counts and reports what cannot be read, with its place, in order.
func TestSkip(t *testing.T) {
	o := buildOptions(t, "The cat sat.\ncaf\xE9\n\nA dog ran.\n\xFF\n", "", "The dog sat.\n")
	var faults []string
	o.OnError = func(err error) { faults = append(faults, err.Error()) }
	m := mustBuild(t, o)
	if m.Statistics.Skipped != 3 || m.Statistics.Documents != 3 || len(faults) != 3 {
		t.Fatalf("got %d skipped, %d documents, faults %q", m.Statistics.Skipped, m.Statistics.Documents, faults)
	}
	for i, want := range []string{"line 2: not UTF-8", "line 5: not UTF-8", "it is empty"} {
		if !strings.Contains(faults[i], want) {
			t.Errorf("fault %d is %q, want it to say %q", i, faults[i], want)
		}
	}
	o.OnError = nil
	o.Folder = filepath.Join(t.TempDir(), "strict")
	if _, err := Build(context.Background(), o); err == nil || !strings.Contains(err.Error(), "line 2: not UTF-8") {
		t.Errorf("got %v, want the first fault", err)
	}
}

// TestOpenFaults damages a corpus.
func TestOpenFaults(t *testing.T) {
	for _, test := range []struct {
		name   string
		damage func(folder string)
		want   string
	}{
		{"none", func(f string) { os.Remove(filepath.Join(f, ManifestName)) }, "holds no corpus"},
		{"unfinished", func(f string) { os.Rename(filepath.Join(f, ManifestName), filepath.Join(f, journalName)) }, "not finished"},
		{"manifest", func(f string) { os.WriteFile(filepath.Join(f, ManifestName), []byte("{"), 0o644) }, "damaged"},
		{"version", func(f string) { os.WriteFile(filepath.Join(f, ManifestName), []byte(`{"gobert_corpus": 9}`), 0o644) }, "gobert_corpus is 9"},
		{"shard", func(f string) { os.Remove(filepath.Join(f, TrainName, "shard-00000.idx")) }, "shard-00000"},
		{"other", func(f string) {
			w, _ := indexed.Create(filepath.Join(f, TrainName, "shard-00000"), 13)
			w.AddSentence([]int32{1})
			w.EndDocument()
			w.Close()
		}, "its manifest says"},
	} {
		o := buildOptions(t, "The cat sat.\n\nA dog ran.\n")
		mustBuild(t, o)
		test.damage(o.Folder)
		if _, err := Open(o.Folder); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want it to say %q", test.name, err, test.want)
		}
	}
}

// TestLongLine reads a line of eight mebibytes.
func TestLongLine(t *testing.T) {
	line := strings.Repeat("the cat sat. ", 8<<20/13)
	o := buildOptions(t, "A dog.\n\n"+line+"\n\nA cat.\n")
	m := mustBuild(t, o)
	if m.Statistics.Sentences != 3 || m.Statistics.Tokens != 3+3+int64(4*(8<<20/13)) {
		t.Errorf("got %+v", m.Statistics)
	}
}
