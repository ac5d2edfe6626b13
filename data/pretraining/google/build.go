package google

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gobert/data/corpus"
	"gobert/data/wordpiece"
	"gobert/internal/disk"
	"gobert/internal/fault"
)

// BuildOptions say what folder of records to build.
type BuildOptions struct {
	Options
	Text      corpus.ReadOptions // plain text in UTF-8, a sentence a line, as the original reads
	Tokenizer string             // a folder with a vocab.txt, or that file
	Folder    string             // for the records; made where it is missing
	Files     int                // of records; 0: one
	Overwrite bool               // replace the records that the folder holds
}

// Build makes a folder of records that package texts, and so a run of pretraining, opens: those that [Create] writes, a copy of the tokenizer
// that they are read with, and a [Manifest].
func Build(ctx context.Context, o BuildOptions) (*Manifest, error) {
	t, err := wordpiece.Open(o.Tokenizer)
	if err != nil {
		return nil, fault.New("{tokenizer}: %w", err)
	}
	o.LowerCase = t.Lowercase()
	if err := errors.Join(o.Validate(), o.unlike()); err != nil {
		return nil, fault.Usage("%w", err)
	}
	vocabulary, err := vocabularyFile(o.Tokenizer)
	if err != nil {
		return nil, fault.Usage("%w", err)
	}
	m := &Manifest{Tokenizer: t.Hash(), Vocabulary: t.Size(), Settings: o.Options}
	inputs, err := o.plainText(m)
	if err != nil {
		return nil, err
	}
	outputs, err := o.outputs(m)
	if err != nil {
		return nil, err
	}
	// The tokenizer comes first: where there are records, there is what they are read with.
	undo, err := disk.MakeFolder(o.Folder)
	if err != nil {
		return nil, fault.New("{out}: %w", err)
	}
	defer undo() // what is not empty stays
	copied := filepath.Join(o.Folder, TokenizerName)
	had := disk.IsThere(copied)
	if err := disk.Replace(copied, t.Save); err != nil {
		return nil, fault.New("{out}: %w", err)
	}
	m.Examples, err = Create(ctx, inputs, vocabulary, outputs, o.Options)
	if err != nil && !had {
		err = errors.Join(err, os.RemoveAll(copied))
	}
	if err != nil {
		return nil, err
	}
	return m, m.Write(o.Folder)
}

// outputs are the files of records.
func (o *BuildOptions) outputs(m *Manifest) (paths []string, err error) {
	files := max(1, o.Files)
	for i := range files {
		name := fmt.Sprintf("examples-%05d-of-%05d.tfrecord", i, files)
		path := filepath.Join(o.Folder, name)
		if disk.IsThere(path) && !o.Overwrite {
			return nil, fault.Usage("{out}: %s is there already", path).Advise("give a new folder, or {overwrite}")
		}
		m.Files, paths = append(m.Files, name), append(paths, path)
	}
	return paths, nil
}

// unlike finds settings that the original has no counterpart of.
func (o *BuildOptions) unlike() error {
	var faults []error
	if o.Text.Split != nil && *o.Text.Split {
		faults = append(faults, fault.New("{split}: the original does not split lines").Advise("leave out {google} or {split}"))
	}
	if f := o.Text.Format; f != "" && f != corpus.Auto && f != corpus.Text {
		faults = append(faults, fault.New("{format}: the original reads a sentence a line only, not %s", f).Advise("leave out {google}"))
	}
	return errors.Join(faults...)
}

// plainText lists the files, all of which must be what the original reads.
func (o *BuildOptions) plainText(m *Manifest) (paths []string, err error) {
	sources, err := corpus.Inspect(o.Text)
	if err != nil {
		return nil, err
	}
	for _, source := range sources {
		if source.Path == corpus.Stdin || source.Format != corpus.Text || source.Packed != "" || source.Coding != "utf-8" {
			return nil, fault.New("{google}: %s is %s %s %s, expected plain text in UTF-8, as the original reads", source.Path, source.Packed, source.Coding, source.Format).Advise("leave out {google}")
		}
		m.Sources, paths = append(m.Sources, Origin{Path: source.Path, Size: source.Size}), append(paths, source.Path)
	}
	return paths, nil
}

// vocabularyFile finds the vocab.txt of a tokenizer.
func vocabularyFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		path = filepath.Dir(path)
		if filepath.Ext(info.Name()) == ".txt" {
			return filepath.Join(path, info.Name()), nil
		}
	}
	file := filepath.Join(path, "vocab.txt")
	if _, err := os.Stat(file); err != nil {
		return "", fault.New("{google}: the original needs a vocab.txt: %w", err)
	}
	return file, nil
}
