package record

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/intake"
)

// Options say how the record of a run is opened.
type Options struct {
	Resume      bool  // go on with the record that is there, cut back to Step
	Step        int64 // of the checkpoint that is resumed
	TensorBoard bool  // also write event files
	Now         func() time.Time
}

// Log is a run's record and its event files. Each entry is handed to the system at once, so that a kill of the process loses none.
type Log struct {
	file   *os.File
	line   []byte
	last   map[Kind]Entry // to recognise what is logged a second time
	events *Events        // nil without TensorBoard
	now    func() time.Time
}

// Open begins or resumes the record in a run's folder, which must exist. A record that is there already is an error, unless it is
// resumed; one that is missing is begun anew.
func Open(folder string, o Options) (*Log, error) {
	l := &Log{last: map[Kind]Entry{}, now: o.Now}
	if l.now == nil {
		l.now = time.Now
	}
	path := filepath.Join(folder, FileName)
	var err error
	switch {
	case o.Resume && o.Step == 0:
		err = forget(folder)
	case o.Resume:
		err = l.cut(path, o.Step)
	}
	if err != nil {
		return nil, err
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if !o.Resume {
		flags |= os.O_EXCL
	}
	l.file, err = os.OpenFile(path, flags, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fault.New("record: %w: it is the record of another run", err).Advise("resume that run or choose another folder")
	}
	if err != nil {
		return nil, fmt.Errorf("record: beginning a record: %w", err)
	}
	if o.TensorBoard {
		if l.events, err = NewEvents(folder, o.Step, l.now()); err != nil {
			return nil, errors.Join(err, l.file.Close())
		}
	}
	return l, nil
}

// forget removes what a run wrote that was killed before its first checkpoint: it begins again.
func forget(folder string) error {
	stale, _ := filepath.Glob(filepath.Join(folder, "events.out.tfevents.*"))
	for _, path := range append(stale, filepath.Join(folder, FileName)) {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("record: %w", err)
		}
	}
	return nil
}

// cut takes the entries of later steps away from a record.
func (l *Log) cut(path string, step int64) error {
	text, err := intake.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("record: resuming a record: %w", err)
	}
	entries, err := parse(path, text)
	if err != nil {
		return err
	}
	var kept []byte
	for _, e := range entries {
		if e.Step <= step {
			kept, l.last[e.Kind] = e.AppendLine(kept), e
		}
	}
	if bytes.Equal(kept, text) {
		return nil
	}
	if err := disk.Write(path, kept); err != nil {
		return fmt.Errorf("record: cutting %s back to step %d: %w", path, step, err)
	}
	return nil
}

// Append writes an entry. A step or an evaluation that repeats the last one of its kind is written once: a run that had
// ended and is resumed evaluates its last step again.
func (l *Log) Append(e Entry) error {
	if err := e.Check(); err != nil {
		return err
	}
	alike := func(a, b Value) bool { return a.Name == b.Name }
	if last, ok := l.last[e.Kind]; !ok || e.Kind == Event || last.Step != e.Step || !slices.EqualFunc(last.Values, e.Values, alike) {
		l.line = e.AppendLine(l.line[:0])
		if _, err := l.file.Write(l.line); err != nil {
			return fmt.Errorf("record: writing the metrics of step %d: %w", e.Step, err)
		}
		e.Values = slices.Clone(e.Values)
		l.last[e.Kind] = e
	}
	if l.events == nil {
		return nil
	}
	return l.events.Append(e, l.now())
}

// Sync waits until what was written would survive a crash of the machine. A run calls it before it completes a checkpoint. A record
// whose file was removed meanwhile, with its folder mostly, is an error: what is written goes nowhere.
func (l *Log) Sync() error {
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if _, err := os.Stat(l.file.Name()); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("record: %s was removed while the run wrote to it", l.file.Name())
	}
	return nil
}

// Close ends both.
func (l *Log) Close() error {
	err := errors.Join(l.Sync(), l.file.Close())
	if l.events != nil {
		err = errors.Join(err, l.events.Close())
	}
	return err
}
