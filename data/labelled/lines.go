package labelled

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"unicode/utf8"

	"gobert/data/textfile"
	"gobert/internal/intake"
)

// Lines gives the lines of a source with their numbers. A line longer than [intake.Record], or than memory has room for, ends the
// reading.
type Lines struct {
	source *textfile.Text
	begun  []byte // a line longer than the source's buffer, or one that a pause has parted
	number int
	again  []string // lines given back, first one last
}

// NewLines reads the lines of a source, which it closes.
func NewLines(s *textfile.Text) *Lines { return &Lines{source: s} }

// Name is the file's name.
func (l *Lines) Name() string { return l.source.Name }

// Close closes the source.
func (l *Lines) Close() error { return l.source.Close() }

// Number is the number of the last line given, from 1.
func (l *Lines) Number() int { return l.number }

// Origin is the place of a line.
func (l *Lines) Origin(line, record int) Origin {
	return Origin{File: l.source.Name, Line: line, Record: record}
}

// Next gives the next line without its end ("\n" or "\r\n"); after the last one the error is io.EOF. A line that is not
// UTF-8 is a [Fault]; the next call goes on behind it.
func (l *Lines) Next() (string, error) {
	l.number++
	if n := len(l.again); n > 0 {
		line := l.again[n-1]
		l.again = l.again[:n-1]
		return line, nil
	}
	line, err := l.read()
	if err != nil {
		l.number--
		return "", err
	}
	if !utf8.Valid(line) {
		return "", Fault(l.Origin(l.number, 0), "%w", textfile.CheckUTF8(line))
	}
	return string(line), nil
}

// NextNow is Next, but for an [ErrPause] while a live input pauses.
func (l *Lines) NextNow() (string, error) {
	l.source.TellPauses(true)
	defer l.source.TellPauses(false)
	return l.Next()
}

// Back gives lines back, to be read again.
func (l *Lines) Back(lines []string) {
	for i := len(lines) - 1; i >= 0; i-- {
		l.again = append(l.again, lines[i])
	}
	l.number -= len(lines)
}

// read returns a line that is valid until the next call.
func (l *Lines) read() ([]byte, error) {
	line, err := l.source.ReadSlice('\n')
	if err != nil || len(l.begun) > 0 {
		l.begun = append(l.begun, line...)
		for errors.Is(err, bufio.ErrBufferFull) {
			if err := intake.Growing(len(l.begun), "line"); err != nil {
				return nil, Broken(l.Origin(l.number, 0), "%w", err)
			}
			line, err = l.source.ReadSlice('\n')
			l.begun = append(l.begun, line...)
		}
		switch {
		case errors.Is(err, ErrPause), errors.Is(err, context.Canceled):
			return nil, err
		case err != nil && !errors.Is(err, io.EOF):
			return nil, Broken(l.Origin(l.number, 0), "%w", err)
		case len(l.begun) == 0:
			return nil, io.EOF
		}
		line, l.begun = l.begun, l.begun[:0]
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}
