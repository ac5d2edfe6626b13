package corpus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"gobert/data"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/intake"
)

// partName is the file in a part's folder that says what it is; partPrefix is how the folder's name begins.
const (
	partName   = "part.json"
	partPrefix = "part-"
)

// partVersion changes when older programs could not join newer parts.
const partVersion = 1

// PartManifest says what a part of a corpus holds and what it was made of. It is written whenever a file is whole.
type PartManifest struct {
	Version    int           `json:"gobert_part"` // of the manifest
	Part       data.Part     `json:"part"`
	Tokenizer  TokenizerInfo `json:"tokenizer"`
	Settings   Settings      `json:"settings"`
	Sources    []Source      `json:"sources"` // of all parts
	Statistics Statistics    `json:"statistics"`
	Files      []PartFile    `json:"files"`
	Next       position      `json:"next"`     // behind the last file
	Read       int64         `json:"read"`     // bytes of sources, for the progress
	Finished   bool          `json:"finished"` // nothing follows

	folder  string
	resumed int
}

// PartFile is a file of blocks.
type PartFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Blocks int    `json:"blocks"`
}

// PartFolder is where in the folder of a corpus a part lies until all are joined.
func PartFolder(folder string, p data.Part) string { return filepath.Join(folder, partPrefix+p.Name()) }

// BuildPart does one part's share of [Build], so that many machines divide the work. [Join] makes of all parts what Build would have
// made, byte for byte. A part that was cut off goes on when it is built again with the same options; one that is finished is kept.
func BuildPart(ctx context.Context, o BuildOptions, part data.Part) (*PartManifest, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if slices.Contains(o.Paths, Stdin) {
		return nil, fault.Usage("{part}: standard input cannot be divided, for each part reads from the same text").Advise("name files")
	}
	sources, err := expand(o.Paths)
	if err != nil {
		return nil, wrap("finding text", err)
	}
	p := &PartManifest{
		Version: partVersion, Part: part, Tokenizer: TokenizerInfo{Hash: o.Tokenizer.Hash(), Vocabulary: o.Tokenizer.Size()},
		Settings: o.settings(), Sources: sources, Files: []PartFile{}, folder: PartFolder(o.Folder, part),
	}
	undo, err := disk.MakeFolder(p.folder)
	if err != nil {
		return nil, wrap("making the folder", err)
	}
	defer undo() // what is not empty stays
	if p, err = o.beginPart(p); err != nil || p.Finished {
		return p, err
	}
	o.share = newShare(sources, part)
	var read atomic.Int64
	read.Store(p.Read)
	w := o.newPartWriter(p, &read)
	defer w.abort()
	if err := o.pipeline(ctx, p.Sources, p.Next, &read, w.add); err != nil {
		return nil, err
	}
	if err := w.end(); err != nil {
		return nil, wrap("writing "+p.folder, err)
	}
	p.Finished = true
	return p, p.write()
}

// beginPart prepares the part's folder, and gives what is done already.
func (o *BuildOptions) beginPart(p *PartManifest) (*PartManifest, error) {
	if err := refuseForeign(o.Folder, true); err != nil && !isCorpus(o.Folder) {
		return nil, err
	}
	there, err := readPart(p.folder)
	switch {
	case o.Overwrite && !errors.Is(err, fs.ErrNotExist): // damaged or not
		err = removePart(p.folder)
	case err == nil:
		return there, there.goOn(p)
	case errors.Is(err, fs.ErrNotExist):
		if err = refuseForeign(p.folder, false); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.folder, 0o755); err != nil {
		return nil, wrap("making the folder", err)
	}
	if err := p.write(); err != nil { // it comes first: a folder that holds anything else without it is somebody else's
		return nil, err
	}
	return p, o.keepTokenizer(p.folder)
}

// goOn sees whether a part that is there was to be what is asked for now, and removes what is not noted in it.
func (p *PartManifest) goOn(asked *PartManifest) error {
	if p.Part != asked.Part {
		return p.misnamed()
	}
	if what, args := p.differs(asked); what != "" {
		return fault.New("corpus: %s holds a part that differs in "+what, append([]any{p.folder}, args...)...).Advise("take another folder, or {overwrite}")
	}
	if p.Finished {
		return nil
	}
	p.resumed = len(p.Files)
	entries, err := disk.Content(p.folder)
	if err != nil {
		return wrap("going on", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "blocks-") && !slices.ContainsFunc(p.Files, func(f PartFile) bool { return f.Name == e.Name() }) {
			if err := os.Remove(filepath.Join(p.folder, e.Name())); err != nil {
				return wrap("going on", err)
			}
		}
	}
	return nil
}

// misnamed is the error of a part in the folder of another one.
func (p *PartManifest) misnamed() error {
	return fault.New("corpus: %s holds part %v: it is there twice, or was renamed", p.folder, p.Part).Advise("copy each part under the name that it was made with")
}

func (p *PartManifest) differs(other *PartManifest) (what string, args []any) {
	return differences(made{p.Tokenizer, p.Settings, p.Sources}, made{other.Tokenizer, other.Settings, other.Sources})
}

func (p *PartManifest) write() error { return disk.JSON(filepath.Join(p.folder, partName), p) }

// readPart reads what a part says of itself.
func readPart(folder string) (*PartManifest, error) {
	path := filepath.Join(folder, partName)
	text, err := intake.ReadFile(path)
	if err != nil {
		return nil, wrap("opening a part", err)
	}
	p := &PartManifest{folder: folder}
	damaged := func(err error) error {
		return fault.New("corpus: %s is damaged: %w", path, err).Advise("make the part again with {overwrite}")
	}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, damaged(err)
	}
	if p.Version != partVersion {
		return nil, fmt.Errorf("corpus: %s: gobert_part is %d, expected %d", path, p.Version, partVersion)
	}
	for i, f := range p.Files {
		if f.Name != fmt.Sprintf("blocks-%05d", i) {
			return nil, damaged(fmt.Errorf("file %d is called %q", i, f.Name))
		}
	}
	return p, nil
}

// removePart removes a part's own files, and its folder where there are no others; what says that it is a part goes last, but for what a
// killed process was writing.
func removePart(folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "blocks-*"))
	for _, path := range append(files, filepath.Join(folder, TokenizerName), filepath.Join(folder, partName)) {
		err = errors.Join(err, os.RemoveAll(path))
	}
	if err = errors.Join(err, disk.Clean(folder)); err == nil {
		_ = os.Remove(folder) // others' files stay
		return nil
	}
	return wrap("removing a part", err)
}
