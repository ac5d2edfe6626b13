package finetune

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"maps"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/internal/fault"
	"gobert/internal/torch"
)

// fingerprint tells whether a run goes on with what it was begun on. It is one of what was read, not of files: the same rows
// from another file, in another format or place are the same data.
type fingerprint struct {
	Labels    []string          `json:"labels,omitempty"` // of the head, in their order
	Problem   labelled.Problem  `json:"problem,omitempty"`
	Train     part              `json:"train"`
	Dev       *part             `json:"dev,omitempty"`
	Tokenizer string            `json:"tokenizer,omitempty"` // its hash
	Teacher   string            `json:"teacher,omitempty"`   // of its weights
	Columns   map[string]string `json:"columns,omitempty"`   // flags that name columns: not compared, but told where texts or labels differ
	Sources   []string          `json:"sources,omitempty"`   // likewise
}

// part is the fingerprint of train or dev. Each is a SHA-256, cut to 16 bytes.
type part struct {
	Rows   int    `json:"rows"`
	Texts  string `json:"texts"`  // of the rows' texts, in their order
	Labels string `json:"labels"` // of their labels
	Set    string `json:"set"`    // of texts and labels, whatever their order
}

// fingerprint reads a job's data. What belongs to the model is added when that is open.
func (j *Job) fingerprint() *fingerprint {
	f := &fingerprint{Train: fingerprintOf(j.Data.Train.Examples), Columns: j.Columns, Sources: j.Sources}
	if l := j.Data.Labels; l != nil {
		f.Labels, f.Problem = l.Names, l.Problem
	}
	if dev := firstPart(j.Data.Dev); dev != nil {
		p := fingerprintOf(dev.Examples)
		f.Dev = &p
	}
	return f
}

// firstPart is the part of dev that training looks at.
func firstPart(parts []dataset.Part) *dataset.Part {
	if len(parts) == 0 {
		return nil
	}
	return &parts[0]
}

func fingerprintOf(examples []labelled.Example) part {
	texts, labels, row := sha256.New(), sha256.New(), sha256.New()
	var set [4]uint64 // the sum of all rows' hashes does not depend on their order
	for i := range examples {
		e := &examples[i]
		row.Reset()
		addTexts(row, e)
		text := row.Sum(nil)
		texts.Write(text)
		row.Reset()
		addLabels(row, e)
		label := row.Sum(nil)
		labels.Write(label)
		both := sha256.Sum256(append(text, label...))
		for k := range set {
			set[k] += binary.LittleEndian.Uint64(both[8*k:])
		}
	}
	var sum []byte
	for _, x := range set {
		sum = binary.LittleEndian.AppendUint64(sum, x)
	}
	return part{len(examples), short(texts.Sum(nil)), short(labels.Sum(nil)), short(sum)}
}

func short(sum []byte) string { return hex.EncodeToString(sum[:16]) }

// add writes strings so that no two lists look the same.
func add(h hash.Hash, list ...string) {
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(list))))
	for _, s := range list {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
}

func addTexts(h hash.Hash, e *labelled.Example) {
	add(h, e.Text, e.Pair, fmt.Sprint(e.HasPair))
	add(h, e.Words...)
	add(h, e.Choices...)
}

func addLabels(h hash.Hash, e *labelled.Example) {
	add(h, fmt.Sprint(e.Labelled, e.Impossible))
	add(h, slices.Sorted(slices.Values(e.Labels))...) // of several labels the order means nothing
	add(h, e.Tags...)
	for _, a := range e.Answers {
		add(h, a.Text, fmt.Sprint(a.Start))
	}
}

// weightsHash tells the weights of a teacher from others.
func weightsHash(n bert.Network) string {
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	_ = torch.Run(func() error {
		for _, p := range bert.Parameters(n) {
			add(sum, p.Name)
			sum.Write(p.Value.Bytes())
		}
		return nil
	})
	return fmt.Sprintf("%08x", sum.Sum32())
}

// sameData names everything in which the data of a run that goes on differs from that it was begun on.
func sameData(was, is *fingerprint) error {
	var faults []error
	differs := func(format string, args ...any) {
		faults = append(faults, fault.New("finetune: resuming on other data: "+format, args...).
			Advise("resume with the data it was begun with, or give another {out}"))
	}
	if was.Problem != is.Problem {
		differs("the labels were a %s, now they are a %s", was.Problem, is.Problem)
	}
	if !slices.Equal(was.Labels, is.Labels) {
		differs("the labels were, in this order, %s; now they are %s", labelled.NewLabels("", was.Labels).List(), labelled.NewLabels("", is.Labels).List())
	}
	was.Train.compare("train", is.Train, was.read(is), differs)
	switch {
	case was.Dev != nil && is.Dev != nil:
		was.Dev.compare("dev", *is.Dev, was.read(is), differs)
	case was.Dev != nil:
		differs("there was dev data, now there is none")
	case is.Dev != nil:
		differs("there was no dev data, now there is some")
	}
	if is.Tokenizer != "" && was.Tokenizer != is.Tokenizer {
		differs("the tokenizer of {model} is another one")
	}
	if is.Teacher != "" && was.Teacher != is.Teacher {
		differs("the weights of {teacher} are others")
	}
	return errors.Join(faults...)
}

// compare names what differs.
func (p part) compare(name string, is part, read string, differs func(format string, args ...any)) {
	switch {
	case p.Rows != is.Rows:
		differs("%s had %d rows, now it has %d%s", name, p.Rows, is.Rows, read)
	case p.Set == is.Set && p != is:
		differs("the rows of %s stand in another order%s", name, read)
	default:
		if p.Texts != is.Texts {
			differs("the texts of %s are others%s", name, read)
		}
		if p.Labels != is.Labels {
			differs("the labels of the rows of %s are others%s", name, read)
		}
	}
}

// read says what was given in another way, which may be why the data is another.
func (f *fingerprint) read(is *fingerprint) string {
	var parts []string
	flags := maps.Clone(f.Columns)
	if flags == nil {
		flags = map[string]string{}
	}
	maps.Copy(flags, is.Columns)
	for _, flag := range slices.Sorted(maps.Keys(flags)) {
		if a, b := f.Columns[flag], is.Columns[flag]; a != b {
			parts = append(parts, fmt.Sprintf("%s was %q, now it is %q", flag, a, b))
		}
	}
	if a, b := strings.Join(f.Sources, ", "), strings.Join(is.Sources, ", "); a != b {
		parts = append(parts, fmt.Sprintf("read from %s, now from %s", a, b))
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, "; ")
}
