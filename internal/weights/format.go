package weights

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A format is a way of keeping weights on disk.
type format int

// The formats that Open knows.
const (
	safetensors format = iota
	shardedSafetensors
	pickle
	shardedPickle
	checkpoint
)

// The names of the weights in a model's folder, as transformers writes them.
const (
	ModelFile  = "model.safetensors"
	PickleFile = "pytorch_model.bin"

	indexEnd  = ".index.json" // of the index of one of these in several files
	IndexFile = ModelFile + indexEnd
)

// candidates are the files that hold a model's weights, the best first.
var candidates = [...]struct {
	name   string
	format format
}{
	{ModelFile, safetensors}, {IndexFile, shardedSafetensors}, {PickleFile, pickle}, {PickleFile + indexEnd, shardedPickle},
}

// Candidates are the names of the files that may hold a model's weights, the best first. Those that end in .json name others.
func Candidates() (names []string) {
	for _, c := range candidates {
		names = append(names, c.name)
	}
	return names
}

// find gives the file to open for path, a folder or a file, and its format.
func find(path string) (file string, f format, err error) {
	info, err := os.Stat(path)
	if err != nil {
		// The prefix of a TensorFlow checkpoint is no file itself.
		if _, indexErr := os.Stat(path + ".index"); indexErr == nil {
			return path + ".index", checkpoint, nil
		}
		return "", 0, err
	}
	if !info.IsDir() {
		f, err := sniff(path)
		return path, f, err
	}
	for _, c := range candidates {
		file := filepath.Join(path, c.name)
		if _, err := os.Stat(file); err == nil {
			return file, c.format, nil
		}
	}
	file, err = findCheckpoint(path)
	return file, checkpoint, err
}

// findCheckpoint finds the index of the only TensorFlow checkpoint in folder, or of the one
// that Google's releases name bert_model.ckpt.
func findCheckpoint(folder string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var found []string
	for _, entry := range entries {
		if name := entry.Name(); strings.Contains(name, ".ckpt") && strings.HasSuffix(name, ".index") {
			if name == "bert_model.ckpt.index" {
				return filepath.Join(folder, name), nil
			}
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("%s: no weights found: expected %s, %s, one of them with .index.json, or a *.ckpt.index",
			folder, ModelFile, PickleFile)
	case 1:
		return filepath.Join(folder, found[0]), nil
	}
	return "", fmt.Errorf("%s: several checkpoints, %q: name one of them", folder, found)
}

// sniff tells the format of a file by its name if that says it, else by its first bytes.
func sniff(path string) (format, error) {
	switch name := filepath.Base(path); {
	case strings.HasSuffix(name, ".safetensors"+indexEnd):
		return shardedSafetensors, nil
	case strings.HasSuffix(name, ".bin"+indexEnd):
		return shardedPickle, nil
	case strings.HasSuffix(name, ".index"):
		return checkpoint, nil
	case strings.HasSuffix(name, ".safetensors"):
		return safetensors, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var start [9]byte
	if _, err := io.ReadFull(file, start[:]); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	switch {
	case start[8] == '{': // before it, a length whose lowest byte may be anything
		return safetensors, nil
	case bytes.HasPrefix(start[:], []byte("PK")) || start[0] == 0x80:
		return pickle, nil
	}
	return 0, fmt.Errorf("%s: neither safetensors nor a file of torch.save: it begins with % x", path, start[:4])
}
