package indexed

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Where things stand in the index of five sentences and two documents that damage works on.
const (
	atVersion   = 9
	atType      = 17
	atSentences = 18
	atDocuments = 26
	atLengths   = headerSize
	atPointers  = atLengths + 5*4
	atBounds    = atPointers + 5*8
)

func put64(data []byte, at int, v uint64) []byte {
	binary.LittleEndian.PutUint64(data[at:], v)
	return data
}

func TestOpenRefusesDamage(t *testing.T) {
	whole := []document{{{1}, {2, 3}}, {{4}, {5}, {6, 7, 8}}}
	for _, test := range []struct {
		name     string
		idx, bin func([]byte) []byte // nil: as written
		want     string
	}{
		{name: "empty index", idx: func(d []byte) []byte { return nil }, want: "has 0 bytes, a header alone has 34"},
		{name: "magic", idx: func(d []byte) []byte { d[0] = 'X'; return d }, want: "x.idx: it begins with"},
		{name: "version", idx: func(d []byte) []byte { d[atVersion] = 2; return d }, want: "format version 2, expected 1"},
		{name: "type", idx: func(d []byte) []byte { d[atType] = 7; return d }, want: "tokens are float32, expected uint16 or int32"},
		{name: "type unknown", idx: func(d []byte) []byte { d[atType] = 200; return d }, want: "unknown type 200"},
		{name: "cut", idx: func(d []byte) []byte { return d[:len(d)-1] }, want: "expected 118 for 5 sentences and 2 documents (was it cut short?)"},
		{name: "long", idx: func(d []byte) []byte { return append(d, 0, 0) }, want: "it has 120 bytes, expected 118"},
		{name: "multimodal", idx: func(d []byte) []byte { return append(d, make([]byte, 5)...) }, want: "a mode for every sentence"},
		{name: "huge count", idx: func(d []byte) []byte { return put64(d, atSentences, 1<<62) }, want: "which no file holds"},
		{name: "huge boundaries", idx: func(d []byte) []byte { return put64(d, atDocuments, 1<<63) }, want: "which no file holds"},
		{name: "no boundaries", idx: func(d []byte) []byte { return put64(d, atDocuments, 0) }, want: "no document boundaries"},
		{name: "negative length", idx: func(d []byte) []byte { d[atLengths+7] = 0x80; return d }, want: "sentence 1 has -"},
		{name: "pointer", idx: func(d []byte) []byte { return put64(d, atPointers+8, 4) }, want: "sentence 1 has 2 tokens from byte 4, expected it to begin at byte 2"},
		{name: "negative pointer", idx: func(d []byte) []byte { return put64(d, atPointers, 1<<63) }, want: "sentence 0 has 1 tokens"},
		{name: "first boundary", idx: func(d []byte) []byte { return put64(d, atBounds, 1) }, want: "the first document begins at sentence 1"},
		{name: "boundary back", idx: func(d []byte) []byte { return put64(d, atBounds+8, 6) }, want: "document boundary 1 is sentence 6"},
		{name: "last boundary", idx: func(d []byte) []byte { return put64(d, atBounds+16, 4) }, want: "the documents end at sentence 4 of 5"},
		{name: "bin cut", bin: func(d []byte) []byte { return d[:len(d)-1] }, want: "x.bin: it has 15 bytes, expected 16 for the 5 sentences of its index (was it cut short?)"},
		{name: "bin long", bin: func(d []byte) []byte { return append(d, 1) }, want: "do the two files belong together?"},
		{name: "bin empty", bin: func(d []byte) []byte { return nil }, want: "it has 0 bytes, expected 16"},
	} {
		t.Run(test.name, func(t *testing.T) {
			prefix := filepath.Join(t.TempDir(), "x")
			write(t, prefix, 10, whole)
			for extension, change := range map[string]func([]byte) []byte{".idx": test.idx, ".bin": test.bin} {
				if change == nil {
					continue
				}
				data, _ := os.ReadFile(prefix + extension)
				if err := os.WriteFile(prefix+extension, change(data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Open(prefix)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
		})
	}
}

func TestOpenRefusesPaths(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "x"), 10, []document{{{1}}})
	os.Remove(filepath.Join(folder, "x.bin"))
	empty := t.TempDir()
	for _, test := range []struct {
		paths []string
		want  string
	}{
		{nil, "no path given"},
		{[]string{empty}, "holds no index"},
		{[]string{filepath.Join(empty, "none")}, "is no folder and there is no"},
		{[]string{folder}, "x.bin: no such file"},
	} {
		if _, err := Open(test.paths...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: got error %v, want %q", test.paths, err, test.want)
		}
	}
}

// FuzzShard opens any two files as a pair: what is taken must be readable to the end.
func FuzzShard(f *testing.F) {
	prefix := filepath.Join(f.TempDir(), "x")
	for _, documents := range [][]document{{}, {{{1}, {2, 3}}, {{4}}}} {
		for _, vocab := range []int{10, 70000} {
			write(f, prefix, vocab, documents)
			idx, _ := os.ReadFile(prefix + ".idx")
			bin, _ := os.ReadFile(prefix + ".bin")
			f.Add(idx, bin)
		}
	}
	f.Fuzz(func(t *testing.T, idx, bin []byte) {
		s := &shard{prefix: "x"}
		if s.parse(slices.Clone(idx), slices.Clone(bin)) != nil {
			return
		}
		total := 0
		for i := range int(s.sentences) {
			total += len(s.appendSentence(nil, i))
		}
		if int64(total)*s.tokens.size() != int64(len(bin)) {
			t.Errorf("read %d tokens of %d bytes", total, len(bin))
		}
		for doc := range int(s.boundaries) - 1 {
			if s.bound(doc) > s.bound(doc+1) {
				t.Errorf("document %d runs backwards", doc)
			}
		}
	})
}
