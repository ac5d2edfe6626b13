package corpus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/intake"
)

// The names inside the folder of a corpus.
const (
	ManifestName  = "manifest.json"
	TrainName     = "train"     // indexed shards to train on
	HeldOutName   = "heldout"   // indexed shards to evaluate on
	TokenizerName = "tokenizer" // a copy of the tokenizer
	journalName   = "building.json"
)

// manifestVersion changes when older programs could not read a newer corpus.
const manifestVersion = 1

// Manifest says what a corpus holds and what it was made of. The same text, tokenizer and
// settings give the same manifest, byte by byte.
type Manifest struct {
	Version    int           `json:"gobert_corpus"` // of the manifest
	Tokenizer  TokenizerInfo `json:"tokenizer"`
	Settings   Settings      `json:"settings"`
	Sources    []Source      `json:"sources"`
	Train      Counts        `json:"train"`
	HeldOut    Counts        `json:"held_out"`
	HeldOutBy  string        `json:"held_out_by"` // what was held out: [pretraining.HeldOutDocuments] and its like
	Statistics Statistics    `json:"statistics"`  // of all text
	Shards     []Shard       `json:"shards"`

	Files map[string]disk.Sum `json:"files,omitempty"` // of the shards, by their path in the folder; corpora of older programs have none
}

// TokenizerInfo identifies the tokenizer of a corpus.
type TokenizerInfo struct {
	Hash       string `json:"hash"`
	Vocabulary int    `json:"vocabulary"` // number of entries
}

// Settings are what decides, beside text and tokenizer, what a corpus holds.
type Settings struct {
	Format    Format  `json:"format"`
	Field     string  `json:"field"`
	Split     *bool   `json:"split"` // null: by format
	ShardSize int64   `json:"shard_size"`
	HeldOut   float64 `json:"held_out"`
	Seed      uint64  `json:"seed"`

	DocumentLines int `json:"document_lines,omitzero"` // after which a document ends
}

// Counts are the sizes of a data set.
type Counts struct {
	Documents int64 `json:"documents"`
	Sentences int64 `json:"sentences"`
	Tokens    int64 `json:"tokens"`
}

func (c *Counts) add(d Counts) {
	c.Documents += d.Documents
	c.Sentences += d.Sentences
	c.Tokens += d.Tokens
}

// Statistics are what was seen on the way.
type Statistics struct {
	Counts
	Bytes       int64  `json:"bytes"`   // of text, unpacked and in UTF-8, with what the format puts around it
	Records     int64  `json:"records"` // lines, or rows of Parquet files
	Unknown     int64  `json:"unknown_tokens"`
	Skipped     int64  `json:"skipped"` // records and files that could not be read
	LongestWord string `json:"longest_word"`
	Longest     int    `json:"longest_word_characters"` // the word above is cut where it is very long
}

// UnknownRate is the share of tokens that are [UNK].
func (s Statistics) UnknownRate() float64 {
	if s.Tokens == 0 {
		return 0
	}
	return float64(s.Unknown) / float64(s.Tokens)
}

func (s *Statistics) add(t Statistics) {
	s.Counts.add(t.Counts)
	s.Bytes += t.Bytes
	s.Records += t.Records
	s.Unknown += t.Unknown
	s.Skipped += t.Skipped
	if t.Longest > s.Longest {
		s.LongestWord, s.Longest = t.LongestWord, t.Longest
	}
}

// block adds what a block has beside its documents.
func (s *Statistics) block(t *tokenized) {
	s.add(Statistics{
		Bytes: t.bytes, Records: t.records, Unknown: t.unknown, Skipped: t.skipped,
		LongestWord: t.longest.shown(), Longest: t.longest.characters,
	})
}

// Shard is a part of the corpus: a pair of files in the folder of each data set that has
// documents of it.
type Shard struct {
	Name    string `json:"name"`
	Train   Counts `json:"train"`
	HeldOut Counts `json:"held_out"`
}

// prefixes are the paths of a part's shards in the corpus's folder, without their endings.
func (m *Manifest) prefixes(folder, part string) (paths []string) {
	for _, s := range m.Shards {
		if part == TrainName && s.Train.Documents > 0 || part == HeldOutName && s.HeldOut.Documents > 0 {
			paths = append(paths, filepath.Join(folder, part, s.Name))
		}
	}
	return paths
}

// sum takes the sums of the files of shards, as far as they are not known yet.
func (m *Manifest) sum(ctx context.Context, folder string, shards ...Shard) error {
	some := Manifest{Shards: shards}
	var names, paths []string
	for _, part := range []string{TrainName, HeldOutName} {
		for _, prefix := range some.prefixes(folder, part) {
			for _, extension := range []string{".bin", ".idx"} {
				name := part + "/" + filepath.Base(prefix) + extension
				if _, known := m.Files[name]; !known {
					names, paths = append(names, name), append(paths, prefix+extension)
				}
			}
		}
	}
	sums, err := disk.Sums(ctx, paths, nil)
	if err != nil {
		return err
	}
	if m.Files == nil {
		m.Files = map[string]disk.Sum{}
	}
	for i, name := range names {
		m.Files[name] = sums[i]
	}
	return nil
}

// ReadManifest reads the manifest of a corpus.
func ReadManifest(folder string) (*Manifest, error) {
	path := filepath.Join(folder, ManifestName)
	text, err := intake.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(folder, journalName)); err == nil {
			return nil, fault.New("corpus: opening %s: it is not finished", folder).Advise("build it again with the same settings to go on")
		}
		return nil, fmt.Errorf("corpus: opening %s: it holds no corpus: there is no %s", folder, ManifestName)
	}
	if err != nil {
		return nil, wrap("opening", err)
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("corpus: opening %s: it is damaged: %w", path, err)
	}
	if m.Version != manifestVersion {
		return nil, fmt.Errorf("corpus: opening %s: gobert_corpus is %d, expected %d", path, m.Version, manifestVersion)
	}
	return m, nil
}
