package disk

import (
	"errors"
	"fmt"
	"os"

	"github.com/edsrzf/mmap-go"
)

// A Mapping is a file seen as memory. Pages are read when touched, and the system may drop them
// again, so a mapped file costs hardly any memory of the process.
type Mapping struct {
	path string
	mem  mmap.MMap
}

// Map maps the whole file at path. The bytes may be written: changes stay in this process and
// never reach the file, so weights can be trained in place. The file must not be truncated
// while it is mapped (replacing it by renaming another one over it is fine).
func Map(path string) (*Mapping, error) { return mapAs(path, mmap.COPY) }

// View maps a file for reading only. It may be larger than the memory of the system, which refuses
// a private writable map of that size.
func View(path string) (*Mapping, error) { return mapAs(path, mmap.RDONLY) }

func mapAs(path string, access int) (*Mapping, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // the mapping outlives the descriptor
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s: expected a file, found a folder", path)
	}
	if info.Size() == 0 { // nothing can be mapped of an empty file
		return &Mapping{path: path}, nil
	}
	mem, err := mmap.Map(file, access, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: mapping %d bytes: %w", path, info.Size(), err)
	}
	return &Mapping{path: path, mem: mem}, nil
}

// Path is the path the file was opened by.
func (m *Mapping) Path() string { return m.path }

// Bytes is the content of the file; it begins at the start of a page and is valid until Close.
func (m *Mapping) Bytes() []byte { return m.mem }

// Close unmaps the file. Every view of its bytes is invalid afterwards. Closing twice is fine.
func (m *Mapping) Close() error {
	if m.mem == nil {
		return nil
	}
	return m.mem.Unmap() // it sets m.mem to nil
}

// CloseAll closes several files and joins what went wrong.
func CloseAll(files []*Mapping) error {
	var faults []error
	for _, file := range files {
		faults = append(faults, file.Close())
	}
	return errors.Join(faults...)
}
