package finetune

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/torch"
)

// Fingerprint tells whether a run goes on with what it was begun on.
type Fingerprint struct {
	Labels    []string              `json:"labels,omitempty"` // of the head, in their order
	Problem   labelled.Problem      `json:"problem,omitempty"`
	Train     labelled.Fingerprint  `json:"train"`
	Dev       *labelled.Fingerprint `json:"dev,omitempty"`
	Tokenizer string                `json:"tokenizer,omitempty"` // its hash
	Teacher   string                `json:"teacher,omitempty"`   // of its weights
	Columns   map[string]string     `json:"columns,omitempty"`   // settings that name columns: not compared, but told where texts or labels differ
	Sources   []string              `json:"sources,omitempty"`   // likewise
}

// fingerprint reads a job's data. What belongs to the model is added when that is open.
func (j *Job) fingerprint() *Fingerprint {
	f := &Fingerprint{Train: labelled.FingerprintOf(j.Data.Train.Examples), Columns: j.Columns, Sources: j.Sources}
	if l := j.Data.Labels; l != nil {
		f.Labels, f.Problem = l.Names, l.Problem
	}
	if dev := firstPart(j.Data.Dev); dev != nil {
		p := labelled.FingerprintOf(dev.Examples)
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

// weightsHash tells the weights of a teacher from others.
func weightsHash(n bert.Network) string {
	sum := uint32(0)
	_ = torch.Run(func() error {
		for _, p := range bert.Parameters(n) {
			name := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 1), uint64(len(p.Name)))
			sum = disk.CRC32C(disk.CRC32C(sum, append(name, p.Name...)), p.Value.Bytes())
		}
		return nil
	})
	return fmt.Sprintf("%08x", sum)
}

// sameData names everything in which the data of a run that goes on differs from that it was begun on.
func sameData(was, is *Fingerprint) error {
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
	rows := was.Train.Differences("train", is.Train)
	switch {
	case was.Dev != nil && is.Dev != nil:
		rows = append(rows, was.Dev.Differences("dev", *is.Dev)...)
	case was.Dev != nil:
		differs("there was dev data, now there is none")
	case is.Dev != nil:
		differs("there was no dev data, now there is some")
	}
	for _, what := range rows {
		differs("%s%s", what, was.read(is))
	}
	if is.Tokenizer != "" && was.Tokenizer != is.Tokenizer {
		differs("the tokenizer of {model} is another one")
	}
	if is.Teacher != "" && was.Teacher != is.Teacher {
		differs("the weights of {teacher} are others")
	}
	return errors.Join(faults...)
}

// read says what was given in another way, which may be why the data is another.
func (f *Fingerprint) read(is *Fingerprint) string {
	var parts []string
	names := maps.Clone(f.Columns)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, is.Columns)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if a, b := f.Columns[name], is.Columns[name]; a != b {
			parts = append(parts, fmt.Sprintf("%s was %q, now it is %q", name, a, b))
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

// hash is the data, for ranks to compare: whatever its files and columns are called.
func (f *Fingerprint) hash() string {
	what := *f
	what.Columns, what.Sources = nil, nil
	text, err := json.Marshal(what)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%08x", disk.CRC32C(0, text))
}
