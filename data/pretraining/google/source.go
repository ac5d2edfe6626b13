package google

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"sync"

	"gobert/data"
	"gobert/internal/tensorflow"
)

// Source reads the examples of TFRecord files, ours or those of the original
// script. It serves many goroutines at once; a loader shuffles it.
type Source struct {
	files   []*os.File
	readers []*tensorflow.Reader
	first   []int // [files+1] number of the first example of each file
	memory  sync.Pool
}

// record has the memory that reading one example needs.
type record struct {
	bytes  []byte
	fields tensorflow.Fields
}

// Open finds the examples of the files. The source must be closed.
func Open(paths ...string) (*Source, error) {
	s := &Source{first: []int{0}, memory: sync.Pool{New: func() any { return new(record) }}}
	for _, path := range paths {
		if err := s.open(path); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if s.first[len(paths)] == 0 {
		return nil, errors.Join(fmt.Errorf("google: no examples in %q", paths), s.Close())
	}
	return s, nil
}

func (s *Source) open(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("google: opening examples: %w", err)
	}
	s.files = append(s.files, file)
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("google: opening examples: %w", err)
	}
	reader, err := tensorflow.NewReader(path, file, info.Size())
	if err != nil {
		return err
	}
	s.readers = append(s.readers, reader)
	s.first = append(s.first, s.first[len(s.first)-1]+reader.Len())
	return nil
}

// Close closes the files.
func (s *Source) Close() error {
	var faults []error
	for _, file := range s.files {
		faults = append(faults, file.Close())
	}
	return errors.Join(faults...)
}

// NewBatch returns an empty batch for [Source.Append].
func (s *Source) NewBatch() *data.Batch { return new(data.Batch) }

// Len returns the number of examples, the same for every epoch.
func (s *Source) Len(int) (int, error) { return s.first[len(s.readers)], nil }

// Append reads an example to the end of b. The epoch does not matter: masks
// are in the files.
func (s *Source) Append(b *data.Batch, _, index int) error {
	if index < 0 || index >= s.first[len(s.readers)] {
		return fmt.Errorf("google: example %d, expected one of %d", index, s.first[len(s.readers)])
	}
	r := s.memory.Get().(*record)
	defer s.memory.Put(r)
	return s.read(r, index, func(f *tensorflow.Fields) error { return appendFields(b, f) })
}

// read hands the fields of an example to use. A fault of theirs is told with its place.
func (s *Source) read(r *record, index int, use func(*tensorflow.Fields) error) error {
	file, number := s.at(index)
	bytes, err := s.readers[file].Read(r.bytes, number)
	if err != nil {
		return err
	}
	r.bytes = bytes
	if err = r.fields.Parse(bytes); err == nil {
		err = use(&r.fields)
	}
	if err != nil {
		return fmt.Errorf("google: %s: %w", s.Where(index), err)
	}
	return nil
}

// at gives the file of an example, and its number in it.
func (s *Source) at(index int) (file, number int) {
	file = sort.SearchInts(s.first, index+1) - 1
	return file, index - s.first[file]
}

// Where names the file and the record of an example, for errors.
func (s *Source) Where(index int) string {
	file, number := s.at(index)
	return fmt.Sprintf("%s: record %d", s.files[file].Name(), number)
}

// Files returns the paths of the files, in their order.
func (s *Source) Files() []string {
	paths := make([]string, len(s.files))
	for i, file := range s.files {
		paths[i] = file.Name()
	}
	return paths
}

// Bytes returns the size of all files.
func (s *Source) Bytes() (total int64) {
	for _, r := range s.readers {
		total += r.Size()
	}
	return total
}

// Length returns the number of tokens that the example at index is padded to:
// the original's --max_seq_length.
func (s *Source) Length(index int) (length int, err error) {
	err = s.read(new(record), index, func(f *tensorflow.Fields) error {
		length = len(f.Ints[inputIDs])
		return nil
	})
	return length, err
}
