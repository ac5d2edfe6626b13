package weights

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gobert/internal/safetensors"
)

// A Format is a way of keeping weights on disk.
type Format string

// The formats that Open knows.
const (
	Safetensors        Format = "safetensors"
	ShardedSafetensors Format = "sharded safetensors"
	Pickle             Format = "pytorch pickle"
	ShardedPickle      Format = "sharded pytorch pickle"
	TensorFlow         Format = "tensorflow checkpoint"
)

// The names of PyTorch's files in a model's folder.
const (
	pickleFile      = "pytorch_model.bin"
	pickleIndexFile = pickleFile + ".index.json"
)

// find gives the file to open for path, a folder or a file, and its format.
func find(path string) (file string, format Format, err error) {
	info, err := os.Stat(path)
	if err != nil {
		// The prefix of a TensorFlow checkpoint is no file itself.
		if _, indexErr := os.Stat(path + ".index"); indexErr == nil {
			return path + ".index", TensorFlow, nil
		}
		return "", "", err
	}
	if !info.IsDir() {
		format, err := sniff(path)
		return path, format, err
	}
	for _, candidate := range []struct {
		name   string
		format Format
	}{
		{safetensors.ModelFile, Safetensors},
		{safetensors.IndexFile, ShardedSafetensors},
		{pickleFile, Pickle},
		{pickleIndexFile, ShardedPickle},
	} {
		file := filepath.Join(path, candidate.name)
		if _, err := os.Stat(file); err == nil {
			return file, candidate.format, nil
		}
	}
	file, err = findCheckpoint(path)
	return file, TensorFlow, err
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
			folder, safetensors.ModelFile, pickleFile)
	case 1:
		return filepath.Join(folder, found[0]), nil
	}
	return "", fmt.Errorf("%s: several checkpoints, %q: name one of them", folder, found)
}

// sniff tells the format of a file by its name if that says it, else by its first bytes.
func sniff(path string) (Format, error) {
	switch name := filepath.Base(path); {
	case strings.HasSuffix(name, ".safetensors.index.json"):
		return ShardedSafetensors, nil
	case strings.HasSuffix(name, ".bin.index.json"):
		return ShardedPickle, nil
	case strings.HasSuffix(name, ".index"):
		return TensorFlow, nil
	case strings.HasSuffix(name, ".safetensors"):
		return Safetensors, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	var start [9]byte
	if _, err := io.ReadFull(file, start[:]); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	switch {
	case start[8] == '{': // before it, a length whose lowest byte may be anything
		return Safetensors, nil
	case bytes.HasPrefix(start[:], []byte("PK")) || start[0] == 0x80:
		return Pickle, nil
	}
	return "", fmt.Errorf("%s: neither safetensors nor a file of torch.save: it begins with % x", path, start[:4])
}
