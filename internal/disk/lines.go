package disk

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// OpenLines opens a file of lines to write at its end. For going on, what follows its last whole line is cut off, and its lines are counted.
func OpenLines(path string, resume bool) (f *os.File, lines int, err error) {
	if !resume {
		f, err = os.Create(path)
		return f, 0, err
	}
	if f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, 0, err
	}
	var read, whole int64
	buffer := make([]byte, 1<<16)
	for err == nil {
		var n int
		n, err = f.Read(buffer)
		if last := bytes.LastIndexByte(buffer[:n], '\n'); last >= 0 {
			lines += bytes.Count(buffer[:n], []byte("\n"))
			whole = read + int64(last) + 1
		}
		read += int64(n)
	}
	if errors.Is(err, io.EOF) {
		err = f.Truncate(whole)
	}
	if err == nil {
		_, err = f.Seek(whole, io.SeekStart)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, lines, nil
}
