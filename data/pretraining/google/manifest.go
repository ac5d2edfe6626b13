package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gobert/internal/disk"
	"gobert/internal/intake"
)

// The names inside a folder of records that 'pretrain data --google' writes beside the records.
const (
	ManifestName  = "records.json"
	TokenizerName = "tokenizer" // a copy of the tokenizer
)

// Manifest says how the records of a folder were made. The original writes
// none: a folder without it is read, too.
type Manifest struct {
	Version    int      `json:"gobert_records"` // of the manifest
	Tokenizer  string   `json:"tokenizer"`      // its hash
	Vocabulary int      `json:"vocabulary"`     // its number of entries
	Settings   Options  `json:"settings"`
	Sources    []Origin `json:"sources"`
	Files      []string `json:"files"` // names of the TFRecord files
	Examples   int      `json:"examples"`
}

// Origin is a text that examples were drawn from.
type Origin struct {
	Path string `json:"path"`
	Size int64  `json:"size"` // in bytes
}

const manifestVersion = 1

// Write writes the manifest into the folder of the records, whole or not at all.
func (m *Manifest) Write(folder string) error {
	m.Version = manifestVersion
	if err := disk.JSON(filepath.Join(folder, ManifestName), m); err != nil {
		return fmt.Errorf("google: writing %s: %w", ManifestName, err)
	}
	return nil
}

// ReadManifest reads the manifest of a folder; nil where there is none.
func ReadManifest(folder string) (*Manifest, error) {
	path := filepath.Join(folder, ManifestName)
	text, err := intake.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("google: %w", err)
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("google: %s is damaged: %w", path, err)
	}
	if m.Version != manifestVersion {
		return nil, fmt.Errorf("google: %s: gobert_records is %d, expected %d", path, m.Version, manifestVersion)
	}
	return m, nil
}

// Files lists the TFRecord files that a path names: the file itself, or those
// of a folder in the order of their names. That is told by the name, which has
// ".tfrecord" or ".tf_record" in it, as in examples.tf_record-00000-of-00010.
func Files(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("google: %w", err)
	}
	if !info.IsDir() {
		if isRecords(info.Name()) {
			return []string{path}, nil
		}
		return nil, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("google: %w", err)
	}
	var files []string
	for _, entry := range entries {
		if !entry.IsDir() && isRecords(entry.Name()) {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	return files, nil
}

func isRecords(name string) bool {
	name = strings.ToLower(name)
	return (strings.Contains(name, ".tfrecord") || strings.Contains(name, ".tf_record")) &&
		!strings.HasPrefix(name, ".")
}
