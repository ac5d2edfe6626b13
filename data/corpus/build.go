package corpus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"gobert/internal/disk"
	"gobert/internal/fault"
)

// Build reads text, tokenizes it on all cores and writes a corpus to a folder: indexed data sets
// to train and to evaluate on, a copy of the tokenizer, and a manifest.
//
// A build that was cut off, be it by SIGKILL, goes on after the last whole shard when it is
// called again with the same options, and ends with the same files. A finished corpus of the
// same options is not built again. A folder that holds anything else is refused.
func Build(ctx context.Context, o BuildOptions) (*Manifest, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	sources, err := expand(o.Paths)
	if err != nil {
		return nil, wrap("finding text", err)
	}
	m := &Manifest{
		Version:   manifestVersion,
		Tokenizer: TokenizerInfo{Hash: o.Tokenizer.Hash(), Vocabulary: o.Tokenizer.Size()},
		Settings:  o.settings(), Sources: sources,
	}
	undo, err := disk.MakeFolder(o.Folder)
	if err != nil {
		return nil, wrap("making the folder", err)
	}
	defer undo() // what is not empty stays
	j, done, err := o.begin(m)
	if err != nil || done != nil {
		return done, err
	}
	if err := o.run(ctx, j); err != nil {
		if ctx.Err() == nil && j.Statistics.Documents == 0 { // there is nothing to go on from
			err = errors.Join(err, clean(o.Folder))
		}
		return nil, err
	}
	if err := o.holdOut(ctx, j); err != nil {
		return nil, wrap("holding out", err)
	}
	if err := j.finish(ctx); err != nil {
		return nil, wrap("finishing "+o.Folder, err)
	}
	return &j.Manifest, nil
}

// run reads from where the journal ends.
func (o *BuildOptions) run(ctx context.Context, j *journal) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var read atomic.Int64
	read.Store(j.Read)
	total := totalSize(j.Sources)
	w := newShards(o, j, func(s Statistics) {
		if o.Progress != nil {
			o.Progress(Progress{Read: read.Load(), Total: total, Statistics: s, Resumed: j.resumed})
		}
	}, &read)
	defer w.abort()
	if err := o.pipeline(ctx, j, &read, w.add); err != nil {
		return err
	}
	if err := w.close(); err != nil {
		return wrap("writing "+o.Folder, err)
	}
	if j.Statistics.Documents == 0 {
		return fault.New("corpus: the text has no documents, expected at least one").Advise("is it empty, or is another {format} or {field} meant?")
	}
	return nil
}

// begin prepares the folder: a journal to go on from, or the manifest of a finished corpus.
func (o *BuildOptions) begin(m *Manifest) (*journal, *Manifest, error) {
	replaced := o.Overwrite && isCorpus(o.Folder)
	if replaced {
		if err := clean(o.Folder); err != nil {
			return nil, nil, err
		}
	}
	finished, err := o.finished(m)
	if err != nil || finished != nil {
		return nil, finished, err
	}
	j, err := o.unfinished(m)
	if err != nil {
		return nil, nil, err
	}
	if j != nil {
		return j, nil, o.makeFolders()
	}
	if !replaced { // beside a corpus anybody may keep notes
		if err := o.refuseForeign(); err != nil {
			return nil, nil, err
		}
	}
	// The journal comes first: a folder that holds anything else without it is somebody else's.
	j = &journal{Manifest: *m, folder: o.Folder}
	if err := j.write(); err != nil {
		return nil, nil, err
	}
	return j, nil, o.makeFolders()
}

// makeFolders makes the folders of the parts and copies the tokenizer.
func (o *BuildOptions) makeFolders() error {
	if err := os.RemoveAll(filepath.Join(o.Folder, TokenizerName)); err != nil { // of a build that was killed
		return wrap("copying the tokenizer", err)
	}
	for _, name := range []string{TrainName, HeldOutName, TokenizerName} {
		if name == HeldOutName && o.HeldOut == 0 {
			continue
		}
		if err := os.MkdirAll(filepath.Join(o.Folder, name), 0o755); err != nil {
			return wrap("making the folder", err)
		}
	}
	if err := o.Tokenizer.Save(filepath.Join(o.Folder, TokenizerName)); err != nil {
		return wrap("copying the tokenizer", err)
	}
	return nil
}

// finished returns the manifest of a corpus that has been built already.
func (o *BuildOptions) finished(m *Manifest) (*Manifest, error) {
	if _, err := os.Stat(filepath.Join(o.Folder, ManifestName)); err != nil {
		return nil, nil //nolint:nilerr // where there is no manifest there is no finished corpus
	}
	there, err := ReadManifest(o.Folder)
	if err != nil {
		return nil, err
	}
	if err := o.sameAs(there, m); err != nil {
		return nil, err
	}
	if totalSize(m.Sources) == 0 {
		return nil, fault.New("corpus: %s holds a corpus from standard input already", o.Folder).Advise("take another folder, or {overwrite}")
	}
	return there, nil
}

// sameAs names what differs between two corpora.
func (o *BuildOptions) sameAs(there, m *Manifest) error {
	a, b := there.Settings, m.Settings
	var differs []string
	for _, x := range []struct {
		name string
		same bool
	}{
		{"the tokenizer", there.Tokenizer == m.Tokenizer},
		{"{split}", (a.Split == nil) == (b.Split == nil) && (a.Split == nil || *a.Split == *b.Split)},
		{"{format}", a.Format == b.Format},
		{"{field}", a.Field == b.Field},
		{"{shard-size}", a.ShardSize == b.ShardSize},
		{"{heldout}", a.HeldOut == b.HeldOut},
		{"{seed}", a.Seed == b.Seed},
		{"{document-lines}", a.DocumentLines == b.DocumentLines},
	} {
		if !x.same {
			differs = append(differs, x.name)
		}
	}
	args := []any{o.Folder}
	if what := differingSource(there.Sources, m.Sources); what != "" {
		differs, args = append(differs, "%s"), append(args, what)
	}
	if len(differs) == 0 {
		return nil
	}
	return fault.New("corpus: %s holds a corpus that differs in "+listed(differs), args...).Advise("take another folder, or {overwrite}")
}

func differingSource(there, here []Source) string {
	if len(there) != len(here) {
		return fmt.Sprintf("the number of source files (%d, now %d)", len(there), len(here))
	}
	for i, s := range here {
		if s.Path != there[i].Path {
			return fmt.Sprintf("its source files (%s, now %s)", there[i].Path, s.Path)
		}
		if s.Size != there[i].Size {
			return fmt.Sprintf("the size of %s (%d, now %d)", s.Path, there[i].Size, s.Size)
		}
	}
	return ""
}
