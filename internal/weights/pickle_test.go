package weights

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func torchFile(name string) string { return filepath.Join("testdata", "pickle", name) }

func TestFilesOfTorchSave(t *testing.T) {
	expected, err := OpenSafetensors(torchFile("expected.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	defer expected.Close()
	for _, name := range []string{"zip.bin", "legacy.bin", "protocol4.bin", "nested.bin", "v3.bin", "deflated.bin"} {
		file, err := openPickle(torchFile(name))
		if err != nil {
			t.Error(err)
			continue
		}
		defer file.Close()
		found := map[string]Tensor{}
		for _, tensor := range file.Tensors() {
			found[tensor.Name] = tensor
		}
		for _, want := range expected.Tensors() {
			got := found[want.Name]
			if got.DType != want.DType || !slices.Equal(got.Shape, want.Shape) || !bytes.Equal(got.Data, want.Data) {
				t.Errorf("%s: %s: got %v, want %v", name, want.Name, got, want)
			}
			if again := aligned(max(got.DType, Bool), got.Data); len(again) > 0 && &again[0] != &got.Data[0] {
				t.Errorf("%s: %s is not aligned", name, want.Name)
			}
		}
		if &found["tied"].Data[0] != &found["tied.again"].Data[0] {
			t.Errorf("%s: the tie is lost", name)
		}
	}
}

func TestDTypesWithoutAStorageClass(t *testing.T) {
	file, err := openPickle(torchFile("v3.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	last := file.Tensors()[len(file.Tensors())-1]
	if last.Name != "unsigned" || last.DType != U16 || string(last.Data) != "\x00\x00\x01\x00\x02\x00" {
		t.Errorf("got %v", last)
	}
}

func TestBadPickles(t *testing.T) {
	zip, _ := os.ReadFile(torchFile("zip.bin"))
	legacy, _ := os.ReadFile(torchFile("legacy.bin"))
	hostile, _ := os.ReadFile(torchFile("hostile.bin"))
	edit := func(content []byte, from, to string) []byte {
		return bytes.Replace(content, []byte(from), []byte(to), 1)
	}
	for _, test := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"empty", nil, "torch.save"},
		{"text", []byte("hello"), "torch.save"},
		{"a call", hostile, `"__builtin__.print"`},
		{"loads bytes", edit(legacy, "torch._utils\n_rebuild_tensor_v2", "torch.storage\n_load_from_bytes"), `"torch.storage._load_from_bytes"`},
		{"cut zip", zip[:len(zip)-30], "cut short"},
		{"cut legacy", legacy[:len(legacy)-3], "cut short"},
		{"cut in the pickle", legacy[:300], "pickle"},
		{"no torch pickle", []byte("\x80\x02N."), "not one of torch.save"},
		{"left over", append(bytes.Clone(legacy), 1), "1 bytes after"},
		{"big-endian", edit(legacy, "little_endianq\x02\x88", "little_endianq\x02\x89"), "big-endian"},
		{"big-endian storage", edit(legacy, "FloatStorage", "FlootStorage"), "FlootStorage"},
	} {
		tensors, _, err := parsePickle(test.content, "bad.bin")
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %d tensors, error %v, want one with %q", test.name, len(tensors), err, test.says)
		}
	}
}

// Every byte of a storage is under a checksum in the zip format.
func TestFlippedBitsAreFound(t *testing.T) {
	content, err := os.ReadFile(torchFile("zip.bin"))
	if err != nil {
		t.Fatal(err)
	}
	archive, err := openArchive(content)
	if err != nil {
		t.Fatal(err)
	}
	for name, entry := range archive.entries {
		if !strings.HasPrefix(name, "data") || entry.UncompressedSize64 == 0 {
			continue
		}
		offset, _ := entry.DataOffset()
		content[offset] ^= 1
		if _, _, err := parsePickle(content, "flipped"); err == nil || !strings.Contains(err.Error(), "checksum") {
			t.Errorf("%s: got %v", name, err)
		}
		content[offset] ^= 1
	}
}

func FuzzPickle(f *testing.F) {
	for _, name := range []string{"zip.bin", "legacy.bin", "protocol4.bin", "deflated.bin", "v3.bin", "hostile.bin"} {
		content, err := os.ReadFile(torchFile(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		tensors, _, err := parsePickle(content, "fuzz")
		if err != nil {
			return
		}
		for _, tensor := range tensors {
			if size, err := byteSize(tensor.DType, tensor.Shape); err != nil || size != int64(len(tensor.Data)) {
				t.Errorf("%q: %v %v has %d bytes, error %v", tensor.Name, tensor.DType, tensor.Shape, len(tensor.Data), err)
			}
		}
	})
}

// FuzzPickleMachine feeds the pickle machine alone, which checksums and headers would shield.
func FuzzPickleMachine(f *testing.F) {
	for _, name := range []string{"zip.bin", "protocol4.bin", "v3.bin", "hostile.bin"} {
		content, err := os.ReadFile(torchFile(name))
		if err != nil {
			f.Fatal(err)
		}
		archive, err := openArchive(content)
		if err != nil {
			f.Fatal(err)
		}
		code, err := archive.read("data.pkl")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		storages := map[string]*storage{}
		object, _, err := runPickle(code, storages)
		if err != nil {
			return
		}
		for _, s := range storages {
			s.data = make([]byte, min(s.bytes, 256))
		}
		if _, err := tensors(object, "fuzz", len(code)); err != nil {
			return
		}
	})
}
