package wordpiece

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"gobert/internal/testkit"
)

// speedTexts are real texts by kind, as the figures of the reference are given for.
func speedTexts(b *testing.B) map[string][]string {
	folder := testkit.Data(b)
	read := func(name string) string {
		src, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			b.Skip(err)
		}
		return string(src)
	}
	english := read("corpus/wikipedia.txt")
	var documents []string
	for d := range strings.SplitSeq(english, "\n\n") {
		documents = append(documents, strings.ReplaceAll(d, "\n", " "))
	}
	return map[string][]string{
		"lines":        strings.Split(english, "\n"),
		"documents":    documents,
		"chinese":      strings.Split(read("chinese/ChnSentiCorp/train.tsv"), "\n"),
		"multilingual": multilingual(),
	}
}

// multilingual draws texts in twelve scripts or languages from words of their letters. Like words of
// real text, the k-th most frequent one of 20,000 comes with a frequency of about 1/k.
func multilingual() []string {
	const words, texts, perText = 20_000, 1500, 20
	r := rand.New(rand.NewPCG(7, 7))
	zipf := rand.NewZipf(r, 1.07, 2, words-1)
	var all []string
	for _, sample := range plainTexts[5:19] {
		var letters []rune
		for _, c := range sample {
			if c > ' ' {
				letters = append(letters, c)
			}
		}
		lexicon := make([]string, words)
		for i := range lexicon {
			var word []rune
			for range 2 + r.IntN(4) + r.IntN(4) {
				word = append(word, letters[r.IntN(len(letters))])
			}
			lexicon[i] = string(word)
		}
		for range texts {
			var text []string
			for range perText {
				text = append(text, lexicon[zipf.Uint64()])
			}
			all = append(all, strings.Join(text, " "))
		}
	}
	return all
}

// BenchmarkEngine measures both doors on one core, each kind of text with the vocabulary made for it.
// With GOBERT_PYTHON it also measures Hugging Face's encode_batch_fast and reports how many times
// faster the engine is.
func BenchmarkEngine(b *testing.B) {
	texts := speedTexts(b)
	for _, k := range []struct{ kind, vocabulary string }{
		{"lines", "bert-base-uncased"},
		{"documents", "bert-base-uncased"},
		{"lines", "bert-base-cased"},
		{"chinese", "bert-base-chinese"},
		{"multilingual", "bert-base-multilingual-cased"},
		{"multilingual", "bert-base-uncased"},
	} {
		tokens := readVocabulary(b, testkit.Data(b, "vocab", k.vocabulary, "vocab.txt"))
		e, err := newEngine(tokens, int32(slices.Index(tokens, "[UNK]")), engineRules(k.vocabulary))
		if err != nil {
			b.Fatal(err)
		}
		size := 0
		for _, text := range texts[k.kind] {
			size += len(text)
		}
		path := testkit.Data(b, "vocab", k.vocabulary, "vocab.txt")
		reference := referenceSpeed(b, path, engineRules(k.vocabulary), texts[k.kind])
		b.Run(k.kind+"/"+k.vocabulary+"/ids", func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var ids []int32
			for b.Loop() {
				for _, text := range texts[k.kind] {
					ids = e.appendIDs(ids[:0], text)
				}
			}
			compare(b, size, reference)
		})
		b.Run(k.kind+"/"+k.vocabulary+"/pieces", func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var p Pieces
			for b.Loop() {
				for _, text := range texts[k.kind] {
					p.Reset()
					e.appendPieces(&p, text, 0, 0)
				}
			}
			compare(b, size, reference)
		})
	}
}

// referenceSpeed measures the reference on 3 MB of the texts, in MB/s; 0 where there is none.
func referenceSpeed(b *testing.B, vocabulary string, r rules, texts []string) float64 {
	interpreter := os.Getenv("GOBERT_PYTHON")
	if interpreter == "" {
		return 0
	}
	var in bytes.Buffer
	for _, text := range texts {
		if in.Len() > 3_000_000 {
			break
		}
		in.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(text))))
		in.WriteString(text)
	}
	cmd := exec.Command(interpreter, filepath.Join("testdata", "speed.py"), vocabulary, r.digits())
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	speed, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return speed
}

// compare reports how many times faster than the reference a benchmark was.
func compare(b *testing.B, size int, reference float64) {
	if reference > 0 {
		b.ReportMetric(float64(size)*float64(b.N)/1e6/b.Elapsed().Seconds()/reference, "x-reference")
	}
}

// engineRules are the rules that a vocabulary is made for.
func engineRules(name string) rules {
	for _, v := range realVocabularies {
		if v.name == name {
			return v.rules
		}
	}
	return rules{}
}

func BenchmarkNewEngine(b *testing.B) {
	tokens := readVocabulary(b, testkit.Data(b, "vocab", "bert-base-multilingual-cased", "vocab.txt"))
	for b.Loop() {
		if _, err := newEngine(tokens, 100, rules{false, false, true, true, 100, "##"}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEngineCores shares lines out to all cores; run it with -cpu 1,2.
func BenchmarkEngineCores(b *testing.B) {
	lines := speedTexts(b)["lines"]
	tokens := readVocabulary(b, testkit.Data(b, "vocab", "bert-base-uncased", "vocab.txt"))
	e, err := newEngine(tokens, int32(slices.Index(tokens, "[UNK]")), engineRules("bert-base-uncased"))
	if err != nil {
		b.Fatal(err)
	}
	const share = 2000 // Lines an iteration takes.
	size := 0
	for _, line := range lines {
		size += len(line)
	}
	b.SetBytes(int64(size) * share / int64(len(lines)))
	var next atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var ids []int32
		for pb.Next() {
			from := int(next.Add(share)) % (len(lines) - share)
			for _, line := range lines[from : from+share] {
				ids = e.appendIDs(ids[:0], line)
			}
		}
	})
}
