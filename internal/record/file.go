package record

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gobert/internal/disk"
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
	entries, _, err := parse(path, text)
	return entries, err
}

// parse also returns the size of what is whole.
func parse(path string, text []byte) (entries []Entry, whole int, err error) {
	for number := 1; whole < len(text); number++ {
		line, _, complete := bytes.Cut(text[whole:], []byte{'\n'})
		if len(bytes.TrimSpace(line)) > 0 {
			e, err := ParseLine(line)
			if err != nil && !complete {
				return entries, whole, nil // torn by a crash
			}
			if err != nil {
				return entries, whole, fmt.Errorf("record: reading %s: line %d: %w", path, number, err)
			}
			entries = append(entries, e)
		}
		whole += len(line)
		if complete {
			whole++
		}
	}
	return entries, whole, nil
}

// Writer appends entries to a record. Each is handed to the system at once, so that a kill of the process loses none.
type Writer struct {
	file *os.File
	line []byte
	last map[Kind]Entry // to recognise what is logged a second time
}

// Create begins the record of a new run. A record that is there already is an error.
func Create(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fault.New("record: %w: it is the record of another run", err).Advise("resume that run or choose another folder")
	}
	if err != nil {
		return nil, fmt.Errorf("record: beginning a record: %w", err)
	}
	return &Writer{file: f, last: map[Kind]Entry{}}, nil
}

// Resume goes on with the record of a run that continues after a step; entries of later steps are cut away. A record that is
// missing is begun anew.
func Resume(path string, step int64) (*Writer, error) {
	text, err := intake.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Create(path)
	}
	if err != nil {
		return nil, fmt.Errorf("record: resuming a record: %w", err)
	}
	entries, _, err := parse(path, text)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(entries, func(e Entry) bool { return e.Step > step })
	w := &Writer{last: map[Kind]Entry{}}
	var cut []byte
	for _, e := range kept {
		cut = e.AppendLine(cut)
		w.last[e.Kind] = e
	}
	if !bytes.Equal(cut, text) {
		if err := disk.Write(path, cut); err != nil {
			return nil, fmt.Errorf("record: cutting %s back to step %d: %w", path, step, err)
		}
	}
	if w.file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o644); err != nil {
		return nil, fmt.Errorf("record: resuming a record: %w", err)
	}
	return w, nil
}

// Append writes an entry. A step or an evaluation that repeats the last one of its kind is written once: a run that had
// ended and is resumed evaluates its last step again.
func (w *Writer) Append(e Entry) error {
	if err := e.Check(); err != nil {
		return err
	}
	if last, ok := w.last[e.Kind]; ok && e.Kind != Event && last.Step == e.Step && slices.Equal(names(last), names(e)) {
		return nil
	}
	w.line = e.AppendLine(w.line[:0])
	if _, err := w.file.Write(w.line); err != nil {
		return fmt.Errorf("record: writing the metrics of step %d: %w", e.Step, err)
	}
	e.Values = slices.Clone(e.Values)
	w.last[e.Kind] = e
	return nil
}

func names(e Entry) []string {
	out := make([]string, len(e.Values))
	for i, v := range e.Values {
		out[i] = v.Name
	}
	return out
}

// Sync waits until what was written would survive a crash of the machine. A run calls it before it completes a checkpoint.
func (w *Writer) Sync() error {
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// Close ends the writing.
func (w *Writer) Close() error {
	return errors.Join(w.Sync(), w.file.Close())
}
