package conll

import (
	"io"

	"gobert/data/tasks"
)

// Options say how to read columns.
type Options struct {
	Separator string // empty: tab where a line has one, else any blank
	Word      int    // column of the words, counted from 1 (0: the first; -1: the last)
	Tag       int    // column of the tags, counted from 1 (0 or -1: the last)
	Comment   string // lines that begin so and have no other column are left out (empty: none)
	Scheme    Scheme // of the tags that are given out (empty: as the file has them, IOB1 turned into IOB2)
	NoTags    bool   // a file without tags, for prediction
}

// Scheme is a way to write entities as tags.
type Scheme string

// The schemes.
const (
	Plain Scheme = "plain" // no prefixes: parts of speech
	IO    Scheme = "io"
	IOB1  Scheme = "iob1"
	IOB2  Scheme = "iob2"
	IOBES Scheme = "iobes"
)

// Reader gives sentences. It is a tasks.Reader.
type Reader struct{}

// Open opens a file.
func Open(path string, o Options) (*Reader, error) { return nil, nil }

// Read reads sentences from in; name is used in messages.
func Read(name string, in io.Reader, o Options) (*Reader, error) { return nil, nil }

// Next returns the next sentence.
func (r *Reader) Next() (tasks.Example, error) { return tasks.Example{}, io.EOF }

// Close closes the file.
func (r *Reader) Close() error { return nil }

// Detect finds the scheme of tags.
func Detect(sentences [][]string) Scheme { return Plain }

// Convert rewrites tags of one scheme as another.
func Convert(tags []string, from, to Scheme) ([]string, error) { return tags, nil }

// Invalid lists the positions whose tag may not follow the one before it.
func Invalid(tags []string, s Scheme) []int { return nil }

// Entity is a run of words: [First, Last].
type Entity struct {
	Type        string
	First, Last int
}

// Entities reads tags as spans.
func Entities(tags []string, s Scheme) []Entity { return nil }
