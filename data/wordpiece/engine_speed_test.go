package wordpiece

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// speedTexts are real texts by kind, as the figures of the reference are given for.
func speedTexts(b *testing.B) map[string][]string {
	folder := dataFolder(b)
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
		tokens := readVocabulary(b, filepath.Join(dataFolder(b), "vocab", k.vocabulary, "vocab.txt"))
		e, err := newEngine(tokens, int32(slices.Index(tokens, "[UNK]")), engineRules(k.vocabulary))
		if err != nil {
			b.Fatal(err)
		}
		size := 0
		for _, text := range texts[k.kind] {
			size += len(text)
		}
		b.Run(k.kind+"/"+k.vocabulary+"/ids", func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var ids []int32
			for b.Loop() {
				for _, text := range texts[k.kind] {
					ids = e.appendIDs(ids[:0], text)
				}
			}
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
		})
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
	tokens := readVocabulary(b, filepath.Join(dataFolder(b), "vocab", "bert-base-multilingual-cased", "vocab.txt"))
	for b.Loop() {
		if _, err := newEngine(tokens, 100, rules{false, false, true, true, 100, "##"}); err != nil {
			b.Fatal(err)
		}
	}
}
