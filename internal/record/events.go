package record

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"gobert/internal/tensorflow"
)

// Field numbers of tensorboard/compat/proto/event.proto and summary.proto.
const (
	eventWallTime    protowire.Number = 1
	eventStep        protowire.Number = 2
	eventFileVersion protowire.Number = 3
	eventSummary     protowire.Number = 5
	eventSession     protowire.Number = 7
	sessionStatus    protowire.Number = 1
	summaryValue     protowire.Number = 1
	valueTag         protowire.Number = 1
	valueSimple      protowire.Number = 2

	sessionStart = 1
	fileVersion  = "brain.Event:2"
)

// Events writes a TensorBoard event file of scalars.
type Events struct {
	file    *os.File
	buffer  *bufio.Writer
	records *tensorflow.Writer
	message []byte
}

// NewEvents begins an event file in a folder. A run that goes on after a step says which: TensorBoard then drops what
// earlier files in the folder hold of later steps. A new run's is 0.
func NewEvents(folder string, resumedAfter int64, now time.Time) (*Events, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	name := fmt.Sprintf("events.out.tfevents.%010d.%s.%d.%d", now.Unix(), host, os.Getpid(), resumedAfter)
	f, err := os.OpenFile(filepath.Join(folder, name), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("record: beginning a TensorBoard event file: %w", err)
	}
	buffer := bufio.NewWriter(f)
	e := &Events{file: f, buffer: buffer, records: tensorflow.NewWriter(buffer)}
	if err := e.begin(resumedAfter, now); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return e, nil
}

// begin writes the version and, for a run that goes on, the mark of a restart.
func (e *Events) begin(resumedAfter int64, now time.Time) error {
	e.message = appendBytes(appendHead(nil, now, 0), eventFileVersion, fileVersion)
	err := e.write()
	if resumedAfter > 0 {
		session := protowire.AppendVarint(protowire.AppendTag(nil, sessionStatus, protowire.VarintType), sessionStart)
		e.message = appendHead(e.message[:0], now, resumedAfter+1)
		e.message = appendBytes(e.message, eventSession, string(session))
		err = errors.Join(err, e.write())
	}
	return errors.Join(err, e.Flush())
}

// Append writes the numbers of an entry under the tags "train/NAME" or "evaluation/NAME", and those of its timing under
// "timing/NAME". An event has no numbers.
func (e *Events) Append(entry Entry, now time.Time) error {
	group := "train/"
	if entry.Kind == Evaluation {
		group = "evaluation/"
	}
	var summary []byte
	add := func(group string, values []Value) {
		for _, v := range values {
			value := appendBytes(nil, valueTag, group+v.Name)
			value = protowire.AppendTag(value, valueSimple, protowire.Fixed32Type)
			value = protowire.AppendFixed32(value, math.Float32bits(float32(v.Value)))
			summary = appendBytes(summary, summaryValue, string(value))
		}
	}
	add(group, entry.Values)
	add("timing/", entry.Timing)
	if len(summary) == 0 {
		return nil
	}
	e.message = appendBytes(appendHead(e.message[:0], now, entry.Step), eventSummary, string(summary))
	return errors.Join(e.write(), e.Flush())
}

// appendHead appends what every event begins with. As protobuf does, it leaves out a step of 0.
func appendHead(dst []byte, now time.Time, step int64) []byte {
	seconds := float64(now.Unix()) + float64(now.Nanosecond())/1e9
	dst = protowire.AppendTag(dst, eventWallTime, protowire.Fixed64Type)
	dst = protowire.AppendFixed64(dst, math.Float64bits(seconds))
	if step != 0 {
		dst = protowire.AppendTag(dst, eventStep, protowire.VarintType)
		dst = protowire.AppendVarint(dst, uint64(step))
	}
	return dst
}

// appendBytes appends a field of bytes: a string or a message.
func appendBytes(dst []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(dst, field, protowire.BytesType), s)
}

func (e *Events) write() error {
	if err := e.records.Write(e.message); err != nil {
		return fmt.Errorf("record: writing TensorBoard events: %w", err)
	}
	return nil
}

// Flush hands what was written to the system, so that TensorBoard sees it.
func (e *Events) Flush() error {
	if err := e.buffer.Flush(); err != nil {
		return fmt.Errorf("record: writing TensorBoard events: %w", err)
	}
	return nil
}

// Close ends the file.
func (e *Events) Close() error {
	return errors.Join(e.Flush(), e.file.Close())
}
