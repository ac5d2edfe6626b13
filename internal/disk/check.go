package disk

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// Summed is a file's content, and how it looked when that was read.
type Summed struct {
	Name string `json:"name"` // for people: that of the file and of its folder
	Sum
	Look
}

// shortName is how a file is called in messages, wherever its folder lies.
func shortName(path string) string {
	return filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path))
}

// fresh is how long a file must have been left alone before its times tell it from a later one: clocks of file systems are
// coarse.
const fresh = 100 * time.Millisecond

// now is the clock; a test sets it forward.
var now = time.Now

// SumAll sums files. Those that look as they did when was, a list of the same files in their order, was taken are not read; of
// files that it does not have, known may give the sum, which is taken where the size agrees. Both may be nil.
func SumAll(ctx context.Context, paths []string, was []Summed, known func(path string, l Look) *Sum, progress func(read, total int64)) ([]Summed, error) {
	files := make([]Summed, len(paths))
	var unknown []string
	var at []int
	for i, path := range paths {
		l, size, err := LookAt(path)
		if err != nil {
			return nil, err
		}
		files[i] = Summed{Name: shortName(path), Look: l}
		if now().UnixNano()-l.Changed < int64(fresh) {
			files[i].Changed = 0 // the next writing might bear the same time: such a file is read again next time
		}
		var sum *Sum
		switch {
		case i < len(was) && was[i].Look == l:
			sum = &was[i].Sum
		case i >= len(was) && known != nil:
			sum = known(path, l)
		}
		if sum != nil && sum.Size == size {
			files[i].Sum = *sum
			continue
		}
		unknown, at = append(unknown, path), append(at, i)
	}
	sums, err := Sums(ctx, unknown, progress)
	for k, i := range at {
		files[i].Sum = sums[k]
	}
	return files, err
}

// Compare names what differs between the contents of two lists: the first file, and how many more.
func Compare(was, is []Summed) error {
	if len(was) != len(is) {
		return fmt.Errorf("there were %d files (%s), now there are %d (%s)", len(was), names(was), len(is), names(is))
	}
	var first error
	more := 0
	for i, f := range is {
		switch {
		case was[i].Sum == f.Sum:
		case first == nil:
			first = fmt.Errorf("%s has %d bytes with checksum %s, it had %d with %s", f.Name, f.Size, f.CRC32C, was[i].Size, was[i].CRC32C)
		default:
			more++
		}
	}
	if more > 0 {
		return fmt.Errorf("%w, and %d more files", first, more)
	}
	return first
}

// names shows the first and the last of a list.
func names(files []Summed) string {
	switch n := len(files); n {
	case 0:
		return "none"
	case 1:
		return files[0].Name
	default:
		return files[0].Name + " to " + files[n-1].Name
	}
}
