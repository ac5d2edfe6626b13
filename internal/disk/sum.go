package disk

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime"
	"sync/atomic"

	"gobert/internal/fault"
)

// Sum is what the content of a file is.
type Sum struct {
	Size   int64  `json:"size"`
	CRC32C string `json:"crc32c"` // of all bytes
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// CRC32C goes on with the checksum of what came before, 0 at the beginning, by what follows.
func CRC32C(sum uint32, data []byte) uint32 { return crc32.Update(sum, castagnoli, data) }

// chunk is how much is read at a time: between two chunks the context is asked, and progress told. A file that is smaller takes as much
// memory as it has bytes, and one that does not say how many it has takes little.
const chunk, little = 4 << 20, 64 << 10

// Sums reads files whole, several at once. The order of the sums is that of the paths. Progress is told how many bytes of how
// many are read, on several goroutines; it may be nil.
func Sums(ctx context.Context, paths []string, progress func(read, total int64)) ([]Sum, error) {
	var read atomic.Int64
	var total int64
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			total += info.Size()
		}
	}
	sums := make([]Sum, len(paths))
	group, ctx := fault.GroupOf(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		group.Go(func() (err error) {
			sums[i], err = sum(ctx, path, func(n int) {
				if done := read.Add(int64(n)); progress != nil {
					progress(done, total)
				}
			})
			return err
		})
	}
	return sums, group.Wait()
}

func sum(ctx context.Context, path string, tell func(n int)) (Sum, error) {
	f, err := os.Open(path)
	if err != nil {
		return Sum{}, fmt.Errorf("disk: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Sum{}, fmt.Errorf("disk: %w", err)
	}
	hash, size, buffer := uint32(0), int64(0), make([]byte, min(chunk, max(little, info.Size()+1)))
	for {
		n, err := io.ReadFull(f, buffer)
		hash = CRC32C(hash, buffer[:n])
		size += int64(n)
		tell(n)
		switch {
		case ctx.Err() != nil:
			return Sum{}, context.Cause(ctx)
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return Sum{size, fmt.Sprintf("%08x", hash)}, nil
		case err != nil:
			return Sum{}, fmt.Errorf("disk: %w", err)
		}
	}
}
