package corpus

import (
	"context"
	"errors"
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
	return o.build(ctx, m, func(ctx context.Context, j *journal, read *atomic.Int64, write func(*tokenized) error) error {
		return o.pipeline(ctx, j.Sources, j.Next, read, write)
	})
}

// feed hands on the blocks from where a journal ends, in the order of the text.
type feed func(ctx context.Context, j *journal, read *atomic.Int64, write func(*tokenized) error) error

// build makes a corpus of blocks, wherever they come from.
func (o *BuildOptions) build(ctx context.Context, m *Manifest, blocks feed) (*Manifest, error) {
	j, done, err := o.begin(m)
	if err != nil || done != nil {
		return done, err
	}
	if err := o.run(ctx, j, blocks); err != nil {
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
func (o *BuildOptions) run(ctx context.Context, j *journal, blocks feed) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var read atomic.Int64
	read.Store(j.Read)
	total := o.total
	if total == 0 {
		total = totalSize(j.Sources)
	}
	w := newShards(o, j, func(s Statistics) {
		if o.Progress != nil {
			o.Progress(Progress{Read: read.Load(), Total: total, Statistics: s, Resumed: j.resumed})
		}
	}, &read)
	defer w.abort()
	if err := blocks(ctx, j, &read, w.add); err != nil {
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
		if err := refuseForeign(o.Folder, o.joining); err != nil {
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
	for _, name := range []string{TrainName, HeldOutName} {
		if name == HeldOutName && o.HeldOut == 0 {
			continue
		}
		if err := os.MkdirAll(filepath.Join(o.Folder, name), 0o755); err != nil {
			return wrap("making the folder", err)
		}
	}
	return o.keepTokenizer(o.Folder)
}

// keepTokenizer copies the tokenizer into a folder.
func (o *BuildOptions) keepTokenizer(folder string) error {
	folder = filepath.Join(folder, TokenizerName)
	err := os.RemoveAll(folder) // of a build that was killed
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err == nil {
		err = o.Tokenizer.Save(folder)
	}
	if err != nil {
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
