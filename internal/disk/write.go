package disk

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"syscall"
)

// Write makes or replaces a file. After an error what was there before is still there, and nothing else is left. A device or a pipe is
// written as it stands.
func Write(path string, text []byte) error {
	return replace(path, func(f *os.File) error {
		_, err := f.Write(text)
		return err
	})
}

// Stream is [Write] for what need not be in memory at once; what is given to write's writer is buffered.
func Stream(path string, write func(w io.Writer) error) error {
	return replace(path, func(f *os.File) error {
		buffered := bufio.NewWriterSize(f, 1<<20)
		if err := write(buffered); err != nil {
			return err
		}
		return buffered.Flush()
	})
}

// JSON is [Write] for a value as indented JSON.
func JSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return Write(path, append(text, '\n'))
}

// Link gives a file a second name, which costs no space and outlives the first; what has the name is replaced. Where the
// file system has no links it is a copy.
func Link(from, to string) error {
	temporary := Growing(to)
	_ = os.Remove(temporary) // left by a run that was killed here
	if err := os.Link(from, temporary); err != nil {
		return Copy(from, to)
	}
	err := os.Rename(temporary, to)
	_ = os.Remove(temporary) // still there after an error, and where "to" was a name of the same file already
	return err
}

// Copy makes or replaces a file by the content of another.
func Copy(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return Stream(to, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}

func replace(path string, fill func(f *os.File) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abort() // does nothing after success
	if err := fill(f.File); err != nil {
		return err
	}
	return f.Commit()
}

// IsSpecial says whether a path is something that is written as it stands: a device, a pipe. A folder is, and then cannot be written.
func IsSpecial(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular()
}

// SyncFolder brings the names in a folder to the disk, so that they outlast a loss of power. Not every file system can.
func SyncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil
	}
	return errors.Join(err, folder.Close())
}
