package standin

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
)

// What is counted beside operators, which have their own names, as "aten::mm".
const (
	Uploads          = "upload"
	Downloads        = "download"
	Synchronisations = "synchronisation"
	Allocations      = "allocation" // of fresh memory: what LibTorch keeps and gives out again does not count
	Draws            = "draw"       // from a generator
	Pageable         = "pageable"   // uploads and downloads that wait, because the host's memory is not pinned or elements change
)

// Counts says how often something was asked of the device.
type Counts map[string]int64

const (
	counterSize = 64
	nameSize    = 56
)

// ReadCounts reads what the present process, or the one whose file is named, has counted so far.
func ReadCounts(file string) (Counts, error) {
	if file == "" {
		file = os.Getenv(countsVariable)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	counts := Counts{}
	for ; len(text) >= counterSize && text[0] != 0; text = text[counterSize:] {
		name, _, _ := bytes.Cut(text[:nameSize], []byte{0})
		counts[string(name)] = int64(binary.LittleEndian.Uint64(text[nameSize:counterSize]))
	}
	return counts, nil
}

// Since is what was counted after another reading.
func (c Counts) Since(before Counts) Counts {
	difference := Counts{}
	for name, n := range c {
		if n > before[name] {
			difference[name] = n - before[name]
		}
	}
	return difference
}

// Operators is how many operators there were.
func (c Counts) Operators() (n int64) {
	for name, times := range c {
		if strings.Contains(name, "::") {
			n += times
		}
	}
	return n
}
