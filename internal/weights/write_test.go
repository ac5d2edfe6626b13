package weights

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// reversed gives tensors in another order: writing must sort them itself.
func reversed(tensors []Tensor) []Tensor {
	tensors = slices.Clone(tensors)
	slices.Reverse(tensors)
	return tensors
}

func TestRoundTripIsByteIdenticalToTheReference(t *testing.T) {
	golden := filepath.Join("testdata", "safetensors", "types.safetensors")
	file, err := OpenSafetensors(golden)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if n := len(file.Tensors()); n != 21 {
		t.Errorf("got %d tensors, want 21", n)
	}
	path := filepath.Join(t.TempDir(), "copy.safetensors")
	if err := Write(path, reversed(file.Tensors()), file.metadata); err != nil {
		t.Fatal(err)
	}
	want, _ := os.ReadFile(golden)
	got, _ := os.ReadFile(path)
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestShardsAreByteIdenticalToTheReference(t *testing.T) {
	golden := filepath.Join("testdata", "safetensors", "sharded")
	file, err := openIndex(filepath.Join(golden, IndexFile), OpenSafetensors)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tensors := slices.Clone(file.Tensors())
	slices.SortFunc(tensors, func(a, b Tensor) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })

	folder := t.TempDir()
	stale := filepath.Join(folder, "model-00009-of-00009.safetensors")
	if err := os.WriteFile(stale, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	names, err := WriteSharded(folder, tensors, map[string]string{"format": "pt"}, 40)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 5 {
		t.Errorf("wrote %q", names)
	}
	for _, name := range names {
		want, err := os.ReadFile(filepath.Join(golden, name))
		got, _ := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%q\nwant\n%q, %v", name, got, want, err)
		}
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("the stale shard is still there: %v", err)
	}
	if names, err = WriteSharded(folder, tensors, nil, 1<<20); err != nil || !slices.Equal(names, []string{ModelFile}) {
		t.Errorf("below the limit: %q, %v", names, err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("left in the folder: %v", left)
	}
}

func TestWriteRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	one := Tensor{Name: "w", DType: F32, Shape: []int64{1}, Data: make([]byte, 4)}
	short := one
	short.Data = make([]byte, 3)
	for name, tensors := range map[string][]Tensor{
		"twice":    {one, one},
		"short":    {short},
		"reserved": {{Name: "__metadata__", DType: F32, Shape: []int64{0}}},
		"no type":  {{Name: "w"}},
	} {
		if err := Write(path, tensors, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("a refused write left %v", left)
	}
}
