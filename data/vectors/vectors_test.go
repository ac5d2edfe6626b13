package vectors

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct {
		o    Options
		rows [][]float32
		want string
	}{
		"a.npy":         {Options{Width: 2}, [][]float32{{1, 2}, {3, 4}, {5, 6}}, "'shape': (3, 2), }"},
		"one.npy":       {Options{Width: 1, Numbers: true}, [][]float32{{1}, {2}}, "'shape': (2,), }"},
		"a.safetensors": {Options{Width: 2}, [][]float32{{1, 2}}, `{"embeddings":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}`},
		"b.safetensors": {Options{Width: 1, Numbers: true, Name: "cosine"}, [][]float32{{1}}, `{"cosine":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`},
		"a.jsonl":       {Options{Width: 2}, [][]float32{{1, 2.5}, {3, 4}}, "[1,2.5]\n[3,4]\n"},
		"none.npy":      {Options{Width: 2}, nil, "'shape': (0, 2), }"},
	} {
		path := filepath.Join(t.TempDir(), name)
		write := func(path string) {
			w, err := Create(path, c.o)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Abort()
			for _, row := range c.rows {
				if err := w.Add(row); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		write(path)
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), c.want) {
			t.Errorf("%s: %v, %q", name, err, text)
		}
		if f, _ := FormatOf(name); f != JSONLines && len(text) != headerSize+4*len(c.rows)*c.o.Width {
			t.Errorf("%s has %d bytes", name, len(text))
		}
		// A pipe gets the same bytes, and stays a pipe.
		pipe := filepath.Join(t.TempDir(), name)
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Skip(err)
		}
		read := make(chan []byte)
		go func() {
			f, err := os.Open(pipe)
			if err != nil {
				t.Error(err)
			}
			got, _ := io.ReadAll(f)
			read <- got
		}()
		write(pipe)
		if got := <-read; !bytes.Equal(got, text) {
			t.Errorf("%s: a pipe gets %q, a file %q", name, got, text)
		}
		if info, err := os.Lstat(pipe); err != nil || info.Mode().Type() != os.ModeNamedPipe {
			t.Errorf("%s: the pipe is replaced: %v", name, err)
		}
	}
}

// TestNothingIsLeftOfWhatIsNotWhole: an older file stays until the new one is whole.
func TestNothingIsLeftOfWhatIsNotWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.npy")
	if err := os.WriteFile(path, []byte("older"), 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := Create(path, Options{Width: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add([]float32{1, 2}); err != nil {
		t.Fatal(err)
	}
	if err := w.Add([]float32{1}); err == nil {
		t.Error("a vector of another width was taken")
	}
	w.Abort()
	if text, err := os.ReadFile(path); string(text) != "older" {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestBadOptions(t *testing.T) {
	folder := t.TempDir()
	for path, o := range map[string]Options{
		"a.txt": {Width: 2}, "a": {Width: 2}, "a.npy": {}, "b.npy": {Width: 2, Numbers: true}, "c.npy": {Width: -1},
		"a.safetensors": {Width: 2, Name: strings.Repeat("x", 200)}, "nowhere/a.npy": {Width: 2},
	} {
		if _, err := Create(filepath.Join(folder, path), o); err == nil {
			t.Errorf("%s, %+v: no error", path, o)
		}
	}
	if _, err := NewWriter(io.Discard, Options{}); err == nil {
		t.Error("vectors of no width")
	}
}

// TestLines: what has no width stands in JSON Lines alone.
func TestLines(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, Options{Width: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.AddLine(map[string]float32{"<a>": 0.5}), w.AddLine([]int{}), w.Close()); err != nil || out.String() != "{\"<a>\":0.5}\n[]\n" || w.Count() != 2 {
		t.Errorf("%q, %d lines, %v", out.String(), w.Count(), err)
	}
	if w, err = Create(filepath.Join(t.TempDir(), "x.npy"), Options{Width: 3}); err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if err := w.AddLine(1); err == nil {
		t.Error("a line in a file of NumPy")
	}
}

func FuzzFormatOf(f *testing.F) {
	f.Add("x.npy")
	f.Fuzz(func(t *testing.T, path string) { _, _ = FormatOf(path) })
}
