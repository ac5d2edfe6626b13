package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Options say how the record of a run is opened.
type Options struct {
	Resume      bool  // go on with the record that is there, cut back to Step
	Step        int64 // of the checkpoint that is resumed
	TensorBoard bool  // also write event files
	Now         func() time.Time
}

// Log is a run's record and its event files.
type Log struct {
	writer *Writer
	events *Events
	now    func() time.Time
}

// Open begins or resumes the record in a run's folder, which must exist.
func Open(folder string, o Options) (*Log, error) {
	l := &Log{now: o.Now}
	if l.now == nil {
		l.now = time.Now
	}
	path := filepath.Join(folder, FileName)
	var err error
	if o.Resume && o.Step == 0 {
		if err := forget(folder); err != nil {
			return nil, err
		}
	}
	if o.Resume {
		l.writer, err = Resume(path, o.Step)
	} else {
		l.writer, err = Create(path)
	}
	if err != nil {
		return nil, err
	}
	if o.TensorBoard {
		if l.events, err = NewEvents(folder, o.Step, l.now()); err != nil {
			return nil, errors.Join(err, l.writer.Close())
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

// Append writes an entry to both.
func (l *Log) Append(e Entry) error {
	err := l.writer.Append(e)
	if err == nil && l.events != nil {
		err = l.events.Append(e, l.now())
	}
	return err
}

// Sync makes what was written survive a crash of the machine. A run calls it before it completes a checkpoint.
func (l *Log) Sync() error { return l.writer.Sync() }

// Close ends both.
func (l *Log) Close() error {
	err := l.writer.Close()
	if l.events != nil {
		err = errors.Join(err, l.events.Close())
	}
	return err
}
