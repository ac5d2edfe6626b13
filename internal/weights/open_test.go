package weights

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// put copies a golden file into folder.
func put(t *testing.T, folder, name, golden string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(golden)))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name), content, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestFormatsAreFound(t *testing.T) {
	shards := `{"weight_map":{"float":"a.bin"}}`
	for _, test := range []struct {
		files  map[string]string // name in the folder: golden file
		index  string
		open   string
		format format
		holds  string
	}{
		{map[string]string{"model.safetensors": "safetensors/types.safetensors", "pytorch_model.bin": "pickle/zip.bin"}, "", "", safetensors, "of.F32"},
		{map[string]string{"pytorch_model.bin": "pickle/legacy.bin"}, "", "", pickle, "tied.again"},
		{map[string]string{"a.bin": "pickle/zip.bin"}, shards, "", shardedPickle, "float"},
		{map[string]string{"weights.pt": "pickle/zip.bin"}, "", "weights.pt", pickle, "float"},
		{map[string]string{"weights": "safetensors/types.safetensors"}, "", "weights", safetensors, "a"},
		{map[string]string{
			"bert_model.ckpt.index":               "tensorflow/bert_model.ckpt.index",
			"bert_model.ckpt.data-00000-of-00001": "tensorflow/bert_model.ckpt.data-00000-of-00001",
		}, "", "", checkpoint, "bert.pooler.dense.weight"},
	} {
		folder := t.TempDir()
		for name, golden := range test.files {
			put(t, folder, name, golden)
		}
		if test.index != "" {
			os.WriteFile(filepath.Join(folder, PickleFile+indexEnd), []byte(test.index), 0o644)
		}
		source, err := Open(filepath.Join(folder, test.open))
		if err != nil {
			t.Error(err)
			continue
		}
		tensor, ok := source.Tensor(test.holds)
		if _, format, err := find(filepath.Join(folder, test.open)); err != nil || format != test.format || !ok || !strings.HasPrefix(tensor.File, folder) {
			t.Errorf("%v: got format %d, %v, %s: %v", test.files, format, err, test.holds, tensor)
		}
		source.Close()
	}
}

func TestShardedSafetensors(t *testing.T) {
	source, err := Open("testdata/safetensors/sharded")
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	if len(source.Tensors()) != 7 {
		t.Errorf("got %d tensors", len(source.Tensors()))
	}
}

func TestKernelsAreTransposed(t *testing.T) {
	source, err := Open("testdata/tensorflow/bert_model.ckpt")
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	up, ok := source.Tensor("bert.encoder.layer.1.intermediate.dense.weight") // [4, 8] in the file
	if !ok || !up.Transposed || !slices.Equal(up.Shape, []int64{8, 4}) {
		t.Fatalf("got %+v", up)
	}
	rows := up.Rows()
	at := func(data []byte, i int) float32 {
		return math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	for r := range 8 {
		for c := range 4 {
			if got, want := at(rows, r*4+c), at(up.Data, c*8+r); got != want {
				t.Errorf("element %d, %d is %v, want %v", r, c, got, want)
			}
		}
	}
}

func TestOldNames(t *testing.T) {
	folder := t.TempDir()
	one := func(name string) Tensor {
		return Tensor{Name: name, DType: U8, Shape: []int64{1}, Data: []byte{1}}
	}
	write := func(tensors ...Tensor) {
		if err := Write(filepath.Join(folder, "model.safetensors"), tensors, nil); err != nil {
			t.Fatal(err)
		}
	}
	write(one("bert.embeddings.LayerNorm.gamma"), one("LayerNorm.beta"), one("bert.embeddings.position_ids"))
	source, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	names, _ := json.Marshal(source.byName)
	if string(names) != `{"LayerNorm.bias":0,"bert.embeddings.LayerNorm.weight":1}` {
		t.Errorf("got %s", names)
	}
	write(one("a.LayerNorm.gamma"), one("a.LayerNorm.weight"))
	if _, err := Open(folder); err == nil || !strings.Contains(err.Error(), `both stand for "a.LayerNorm.weight"`) {
		t.Errorf("got %v", err)
	}
}

func TestNothingToOpen(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "notes.txt")
	os.WriteFile(text, []byte("these are no weights"), 0o644)
	for path, says := range map[string]string{
		folder:                          "no weights found",
		text:                            "neither safetensors nor",
		filepath.Join(folder, "nobody"): "no such file",
	} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want %q", path, err, says)
		}
	}
}
