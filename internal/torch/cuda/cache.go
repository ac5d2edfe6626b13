package cuda

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gobert/internal/disk"
)

// A cache keeps compiled kernels between runs. The empty one keeps nothing.
type cache struct{ folder string }

// userCache is where this user's programs keep what they can make again.
func userCache() (cache, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return cache{}, err
	}
	return cache{filepath.Join(base, "gobert", "kernels")}, nil
}

// keyOf names what was compiled by all that it depends on.
func keyOf(text string, options []string, version string) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{version, text}, options...), "\x00")))
	return hex.EncodeToString(sum[:16])
}

func (c cache) path(key string) string { return filepath.Join(c.folder, key+".cubin") }

// Get gives a cubin that is there whole: its checksum follows it in the file. Anything else counts as not there.
func (c cache) Get(key string) ([]byte, bool) {
	if c.folder == "" {
		return nil, false
	}
	file, err := os.ReadFile(c.path(key))
	if err != nil || len(file) < sha256.Size {
		return nil, false
	}
	cubin, sum := file[:len(file)-sha256.Size], file[len(file)-sha256.Size:]
	want := sha256.Sum256(cubin)
	return cubin, bytes.Equal(sum, want[:])
}

// Put keeps a cubin.
func (c cache) Put(key string, cubin []byte) error {
	if c.folder == "" {
		return nil
	}
	if err := os.MkdirAll(c.folder, 0o755); err != nil {
		return fmt.Errorf("cuda: keeping compiled kernels: %w", err)
	}
	sum := sha256.Sum256(cubin)
	if err := disk.Write(c.path(key), append(bytes.Clone(cubin), sum[:]...)); err != nil {
		return fmt.Errorf("cuda: keeping compiled kernels: %w", err)
	}
	return nil
}
