package intake

import (
	"io"
	"io/fs"
	"os"

	"gobert/internal/fault"
	"gobert/internal/ui"
)

// ReadFile is [os.ReadFile] for files of settings, words and measurements, which lie in memory as a whole: what is longer than
// [Record], or never ends, as some devices do, is refused before it has taken all memory.
func ReadFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > Record {
		return nil, tooLarge(path)
	}
	text, err := io.ReadAll(io.LimitReader(file, Record+1))
	if err == nil && len(text) > Record {
		return nil, tooLarge(path)
	}
	return text, err
}

func tooLarge(path string) error {
	return &fs.PathError{Op: "read", Path: path, Err: fault.New("longer than %s, the limit of such a file", ui.Bytes(Record)).Advise("is it the file that was meant?")}
}
