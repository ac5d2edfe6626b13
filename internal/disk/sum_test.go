package disk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// write makes a file of several chunks.
func write(t *testing.T, path string, size int) []byte {
	t.Helper()
	text := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return text
}

// reading counts what is read.
func reading(read *int64) func(int64, int64) { return func(done, _ int64) { *read = done } }

func TestSumIsOfAllBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.bin")
	text := write(t, path, 2*chunk+48)
	sums, err := Sums(t.Context(), []string{path}, nil)
	if err != nil || sums[0].Size != int64(len(text)) || sums[0].CRC32C != fmt.Sprintf("%08x", crc32.Checksum(text, castagnoli)) {
		t.Errorf("got %+v, %v", sums, err)
	}
	for _, at := range []int{0, chunk - 1, chunk, len(text) - 1} {
		text[at] ^= 1
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if again, err := Sums(t.Context(), []string{path}, nil); err != nil || again[0] == sums[0] {
			t.Errorf("a bit of byte %d: %v, %v", at, again, err)
		}
		text[at] ^= 1
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Sums(ctx, []string{path}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestASmallFileTakesLittleMemory: runs seal small files by the dozen, and a chunk that is cleared for each costs more than reading it.
func TestASmallFileTakesLittleMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.bin")
	write(t, path, 1<<10)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Sums(t.Context(), []string{path}, nil); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > chunk/4 {
		t.Errorf("a sum of 1024 bytes took %d bytes", took)
	}
}

// TestAnUntouchedFileIsNotRead, and every other one is.
func TestAnUntouchedFileIsNotRead(t *testing.T) {
	folder := t.TempDir()
	a, b := filepath.Join(folder, "a.bin"), filepath.Join(folder, "b.bin")
	text := write(t, a, 1<<20)
	write(t, b, 1<<16)
	now = func() time.Time { return time.Unix(0, 0) } // before everything
	early, err := SumAll(t.Context(), []string{a, b}, nil, nil, nil)
	if err != nil || early[0].Changed != 0 {
		t.Fatalf("the times of a file just written are trusted: %+v, %v", early, err)
	}
	now = func() time.Time { return time.Now().Add(2 * fresh) }
	defer func() { now = time.Now }()
	was, err := SumAll(t.Context(), []string{a, b}, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var read int64
	is, err := SumAll(t.Context(), []string{a, b}, was, nil, reading(&read))
	if err != nil || Compare(was, is) != nil || read != 0 {
		t.Errorf("untouched: %v, %v, %d bytes read", err, Compare(was, is), read)
	}
	// Edited in place, between the blocks, with the time of modification put back: the system's own time tells.
	info, err := os.Stat(a)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(a, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{text[70_000] ^ 1}, 70_000); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), os.Chtimes(a, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
	is, err = SumAll(t.Context(), []string{a, b}, was, nil, reading(&read))
	if err != nil || read != 1<<20 {
		t.Fatalf("edited: %v, %d bytes read", err, read)
	}
	name := filepath.Join(filepath.Base(folder), "a.bin")
	if err := Compare(was, is); err == nil || !strings.HasPrefix(err.Error(), name+" has 1048576 bytes with checksum ") {
		t.Errorf("edited: %v", err)
	}
	// The same bytes elsewhere are the same.
	moved := filepath.Join(t.TempDir(), "moved.bin")
	if err := os.WriteFile(moved, text, 0o644); err != nil {
		t.Fatal(err)
	}
	is, err = SumAll(t.Context(), []string{moved, b}, was, nil, nil)
	if err != nil || Compare(was, is) != nil {
		t.Errorf("moved: %v, %v", err, Compare(was, is))
	}
	if err := Compare(was, is[:1]); err == nil || !strings.Contains(err.Error(), "there were 2 files") {
		t.Errorf("one is gone: %v", err)
	}
}

// TestKnownSumsAreTaken where the size agrees, and only of files that were not summed before.
func TestKnownSumsAreTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.bin")
	write(t, path, 160)
	for size, want := range map[int64]int64{160: 0, 161: 160} {
		var read int64
		files, err := SumAll(t.Context(), []string{path}, nil, func(string, Look) *Sum { return &Sum{size, "01234567"} }, reading(&read))
		if err != nil || read != want || (files[0].CRC32C == "01234567") != (want == 0) {
			t.Errorf("known with %d bytes: %+v, %v, %d bytes read", size, files, err, read)
		}
	}
}

func TestSmallFiles(t *testing.T) {
	folder := t.TempDir()
	for _, size := range []int{0, 16, blockSize, blockSize + 16} {
		path := filepath.Join(folder, "x")
		write(t, path, size)
		if files, err := SumAll(t.Context(), []string{path}, nil, nil, nil); err != nil || files[0].Size != int64(size) {
			t.Errorf("%d bytes: %+v, %v", size, files, err)
		}
	}
}
