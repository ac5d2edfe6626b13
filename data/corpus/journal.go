package corpus

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/intake"
)

// journal is the manifest of a corpus that is being built. It is written whenever a shard is
// whole, so it never claims more than there is.
type journal struct {
	Manifest
	Next    position `json:"next"`    // where the next shard begins
	Records int64    `json:"records"` // of the source that is being read, before Next
	Read    int64    `json:"read"`    // bytes of files, for the progress

	folder  string
	resumed int
}

func (j *journal) write() error { return disk.JSON(filepath.Join(j.folder, journalName), j) }

// finish makes the manifest, and removes the journal and what a killed build left behind.
func (j *journal) finish(ctx context.Context) error {
	if err := j.sum(ctx, j.folder, j.Shards...); err != nil {
		return err
	}
	if err := disk.JSON(filepath.Join(j.folder, ManifestName), &j.Manifest); err != nil {
		return err
	}
	err := os.Remove(filepath.Join(j.folder, journalName))
	return errors.Join(err, disk.Clean(j.folder, filepath.Join(j.folder, TrainName), filepath.Join(j.folder, HeldOutName)))
}

// unfinished returns the journal of a build to go on with, nil when there is none.
func (o *BuildOptions) unfinished(m *Manifest) (*journal, error) {
	path := filepath.Join(o.Folder, journalName)
	text, err := intake.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap("going on", err)
	}
	j := &journal{folder: o.Folder}
	if err := json.Unmarshal(text, j); err != nil {
		return nil, fault.New("corpus: going on: %s is damaged: %w", path, err).Advise("{overwrite} begins anew")
	}
	if err := o.sameAs(&j.Manifest, m); err != nil {
		return nil, err
	}
	for _, s := range j.Sources {
		if s.Path == Stdin { // what was read of it is gone
			j = &journal{Manifest: *m, folder: o.Folder}
		}
	}
	j.resumed = len(j.Shards)
	return j, j.removeAfter()
}

// removeAfter removes shards that were whole when the build was cut off, but not yet in the
// journal: they are made again, perhaps with other files.
func (j *journal) removeAfter() error {
	known := map[string]bool{}
	for _, s := range j.Shards {
		known[s.Name] = true
	}
	for _, name := range []string{TrainName, HeldOutName} {
		entries, err := os.ReadDir(filepath.Join(j.folder, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return wrap("going on", err)
		}
		for _, entry := range entries {
			shard := strings.TrimSuffix(strings.TrimSuffix(entry.Name(), ".bin"), ".idx")
			if !known[shard] {
				if err := os.Remove(filepath.Join(j.folder, name, entry.Name())); err != nil {
					return wrap("going on", err)
				}
			}
		}
	}
	return nil
}

// refuseForeign finds files that are none of a corpus; its parts are some only where they are expected.
func refuseForeign(folder string, parts bool) error {
	entries, err := disk.Content(folder)
	if err != nil {
		return wrap("making the folder", err)
	}
	for _, e := range entries {
		isPart := partFolder.MatchString(e.Name())
		switch {
		case !isPart:
			return fault.New("corpus: %s holds other files, such as %s, and no corpus", folder, e.Name()).Advise("take a new or an empty folder")
		case !parts:
			return fault.New("corpus: %s holds parts of a corpus, such as %s", folder, e.Name()).Advise("{join} joins them; or take another folder")
		}
	}
	return nil
}

// isCorpus tells whether a folder holds a corpus, finished or not.
func isCorpus(folder string) bool {
	for _, name := range []string{ManifestName, journalName} {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			return true
		}
	}
	return false
}

// clean removes a corpus from its folder; other files stay.
func clean(folder string) error {
	for _, name := range []string{TrainName, HeldOutName, TokenizerName, ManifestName, journalName} { // the mark of a corpus last
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			return wrap("removing the old corpus", err)
		}
	}
	return nil
}

// listed joins names as a sentence does.
func listed(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
