package corpus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"gobert/data/wordpiece"
	"gobert/internal/disk"
	"gobert/internal/fault"
)

// JoinOptions say what to join. What else decides the corpus, the parts know.
type JoinOptions struct {
	Folder    string         // of the corpus, in which the parts lie
	Overwrite bool           // replace another corpus in the folder
	Progress  func(Progress) // see [BuildOptions]
}

// Join makes a corpus of all parts that [BuildPart] left in its folder, the same files as [Build] makes, and removes them. A join that was
// cut off goes on when it is called again. Parts that are missing, not finished, damaged, of another text or made with other settings
// are named, all of them, and nothing is done.
func Join(ctx context.Context, o JoinOptions) (*Manifest, error) {
	if done, err := o.done(); done != nil || err != nil {
		return done, err
	}
	parts, err := openParts(o.Folder)
	if err != nil {
		return nil, err
	}
	first := parts[0]
	build, err := o.build(first)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		for _, f := range p.Files {
			build.total += f.Size
		}
	}
	m := &Manifest{Version: manifestVersion, Tokenizer: first.Tokenizer, Settings: first.Settings, Sources: first.Sources}
	misfit := false
	made, err := build.build(ctx, m, func(ctx context.Context, j *journal, read *atomic.Int64, write func(*tokenized) error) error {
		err := merge(ctx, parts, j, read, write)
		misfit = err != nil && ctx.Err() == nil
		return err
	})
	if misfit && err != nil { // parts that are made anew may differ from what was joined so far
		err = errors.Join(err, clean(o.Folder))
	}
	if err != nil {
		return nil, err
	}
	return made, removeParts(parts)
}

// build are the options that the parts were made with.
func (o JoinOptions) build(p *PartManifest) (BuildOptions, error) {
	s := p.Settings
	b := BuildOptions{Folder: o.Folder, ShardSize: s.ShardSize, HeldOut: s.HeldOut, Seed: s.Seed, Overwrite: o.Overwrite, Progress: o.Progress, joining: true}
	b.Format, b.Field, b.Split, b.DocumentLines = s.Format, s.Field, s.Split, s.DocumentLines
	for _, source := range p.Sources {
		b.Paths = append(b.Paths, source.Path)
	}
	folder := filepath.Join(p.folder, TokenizerName)
	var err error
	if b.Tokenizer, err = wordpiece.Open(folder); err != nil {
		return b, wrap(fmt.Sprintf("the tokenizer of part %v", p.Part), err)
	}
	if b.Tokenizer.Hash() != p.Tokenizer.Hash || b.Tokenizer.Size() != p.Tokenizer.Vocabulary {
		return b, fault.New("corpus: part %v: %s is another tokenizer than the one that it was made with", p.Part, folder).Advise("copy the part anew")
	}
	return b, b.Validate()
}

// done gives the corpus where the parts were joined already; of those some may be left where that was cut off.
func (o JoinOptions) done() (*Manifest, error) {
	if o.Overwrite || !disk.IsThere(filepath.Join(o.Folder, ManifestName)) {
		return nil, nil
	}
	there, err := ReadManifest(o.Folder)
	if err != nil {
		return nil, err
	}
	found, err := Parts(o.Folder)
	if err != nil {
		return nil, err
	}
	var parts []*PartManifest
	for _, p := range found {
		m, err := readPart(PartFolder(o.Folder, p))
		if errors.Is(err, fs.ErrNotExist) && isEmpty(PartFolder(o.Folder, p)) { // cut off before that
			continue
		}
		if err != nil {
			return nil, err
		}
		what, args := differences(made{there.Tokenizer, there.Settings, there.Sources}, made{m.Tokenizer, m.Settings, m.Sources})
		if what != "" {
			return nil, fault.New("corpus: %s holds a corpus already, from which part %v differs in "+what, append([]any{o.Folder, p}, args...)...).
				Advise("{overwrite} replaces it")
		}
		parts = append(parts, m)
	}
	return there, removeParts(parts)
}

func isEmpty(folder string) bool {
	entries, err := disk.Content(folder)
	if err == nil && len(entries) == 0 {
		_ = os.Remove(folder) // a lock may be in it
	}
	return err == nil && len(entries) == 0
}

func removeParts(parts []*PartManifest) (err error) {
	for _, p := range parts {
		err = errors.Join(err, removePart(p.folder))
	}
	return err
}

// merge hands on the blocks of all parts in the order of the text: whichever part has the block that comes next.
func merge(ctx context.Context, parts []*PartManifest, j *journal, read *atomic.Int64, write func(*tokenized) error) error {
	read.Store(0) // all is read again
	readers := make([]*partReader, len(parts))
	defer func() {
		for _, r := range readers {
			r.close()
		}
	}()
	for i, p := range parts {
		readers[i] = &partReader{part: p, narrow: isNarrow(p.Tokenizer.Vocabulary), read: read}
	}
	for _, r := range readers {
		if err := r.advance(); err != nil {
			return err
		}
	}
	t := &tokenized{}
	last := readers[0]
	for at := (position{}); at.Source < len(j.Sources); at = t.block.next {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		var has *partReader
		for _, r := range readers {
			if !r.end && r.head.From == at {
				has = r
			}
		}
		if has == nil {
			return fault.New("corpus: no part has what follows at byte or row %d of %s, where part %v ends", at.Offset, j.Sources[at.Source].Path, last.part.Part).
				Advise("the text was another one for some part: make all parts again with {overwrite}")
		}
		last = has
		if err := has.take(t); err != nil {
			return err
		}
		if !at.before(j.Next) {
			if err := write(t); err != nil {
				return err
			}
		}
		if err := has.advance(); err != nil {
			return err
		}
	}
	return leftover(readers)
}

// leftover finds a block that no other leads to.
func leftover(readers []*partReader) error {
	for _, r := range readers {
		if !r.end {
			return fault.New("corpus: part %v goes on at byte or row %d of %s, where no other part ends", r.part.Part, r.head.From.Offset, r.head.Source.Path).
				Advise("the text was another one for some part: make all parts again with {overwrite}")
		}
	}
	return nil
}

// before says whether a place comes before another one.
func (p position) before(q position) bool {
	return p.Source < q.Source || p.Source == q.Source && p.Offset < q.Offset
}
