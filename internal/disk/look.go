package disk

import (
	"fmt"
	"os"
	"syscall"
)

// Look is how a file looks from outside. Any write to it changes it; so do a copy, a move to another disk and, without harm, a
// change of its owner or its rights.
type Look struct {
	Modified int64  `json:"modified"` // mtime, nanoseconds since 1970
	Changed  int64  `json:"changed"`  // ctime, likewise: nobody can set it
	Inode    uint64 `json:"inode"`
	Device   uint64 `json:"device"`
	Blocks   string `json:"blocks"` // CRC-32C of blocks at fixed places
}

// The blocks that are read of every file: so many of this size, evenly spread, the first and the last bytes among them.
const (
	blocks    = 8
	blockSize = 4096
)

// LookAt looks at a file.
func LookAt(path string) (l Look, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return l, 0, fmt.Errorf("disk: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return l, 0, fmt.Errorf("disk: %w", err)
	}
	size = info.Size()
	l.Modified = info.ModTime().UnixNano()
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		l.Changed, l.Inode, l.Device = s.Ctim.Nano(), s.Ino, s.Dev
	}
	hash, buffer := uint32(0), make([]byte, blockSize)
	for i := range int64(blocks) {
		at := max(0, size-blockSize) * i / (blocks - 1)
		n, err := f.ReadAt(buffer[:min(blockSize, size-at)], at)
		if err != nil {
			return l, 0, fmt.Errorf("disk: %w", err)
		}
		hash = CRC32C(hash, buffer[:n])
	}
	l.Blocks = fmt.Sprintf("%08x", hash)
	return l, size, nil
}
