package record

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gobert/internal/fault"
	"gobert/internal/intake"
)

// FileName is the record's name in the folder of a run.
const FileName = "metrics.jsonl"

// Read returns the entries of a record; path is the file or the folder of a run. A last line that was cut by a crash is left
// out.
func Read(path string) ([]Entry, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, FileName)
	}
	text, err := intake.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New("record: reading the metrics of a run: %w", err).Advise("give the folder that train {out} made")
	}
	if err != nil {
		return nil, fmt.Errorf("record: reading the metrics of a run: %w", err)
	}
	return parse(path, text)
}

// parse reads all lines that are whole.
func parse(path string, text []byte) (entries []Entry, err error) {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		e, err := ParseLine(line)
		switch {
		case err != nil && !bytes.HasSuffix(line, []byte{'\n'}):
			return entries, nil // torn by a crash
		case err != nil:
			return entries, fmt.Errorf("record: reading %s: line %d: %w", path, number, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}
