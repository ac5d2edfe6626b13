package weights

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// content makes a file of this header and n bytes of data.
func content(header string, n int) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), make([]byte, n)...)
}

func TestBadSafetensors(t *testing.T) {
	one := `"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	for _, test := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"empty", nil, "ends after 0 bytes"},
		{"five bytes", make([]byte, 5), "ends after 5 bytes"},
		{"header longer than the file", append([]byte{200, 0, 0, 0, 0, 0, 0, 0}, "{}"...), "only 2 after it"},
		{"huge header", bytes.Repeat([]byte{0xff}, 64), "more than the"},
		{"not UTF-8", content("{\"\xff\"}", 0), "UTF-8"},
		{"no object", content(`[]`, 0), "does not begin"},
		{"empty header", content(``, 0), "does not begin"},
		{"cut JSON", content(`{`+one, 8), "header"},
		{"text after JSON", content(`{`+one+`}{}`, 8), "after the closing brace"},
		{"cut data", content(`{`+one+`}`, 7), `"w": ends at byte 8 of 7`},
		{"data left over", content(`{`+one+`}`, 9), "1 bytes after"},
		{"twice", content(`{`+one+`,`+one+`}`, 8), `"w": the header names it twice`},
		{"unknown dtype", content(`{"w":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}`, 8), `"w": unknown dtype "F31"`},
		{"wrong shape", content(`{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8), `"w": F32 of shape [3] needs 12 bytes`},
		{"overflowing shape", content(`{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}`, 8), "larger than any memory"},
		{"negative extent", content(`{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, 8), "negative"},
		{"negative offset", content(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`, 8), "begins at byte -8"},
		{"end before begin", content(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,-8]}}`, 8), "ends at byte -8"},
		{"overlap", content(`{`+one+`,"v":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12), "inside the one before"},
		{"hole", content(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12), "a hole"},
		{"one offset", content(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}`, 8), "data_offsets"},
		{"no dtype", content(`{"w":{"shape":[2],"data_offsets":[0,8]}}`, 8), "dtype"},
		{"fraction", content(`{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}`, 8), "header"},
		{"metadata of numbers", content(`{"__metadata__":{"a":1}}`, 0), "object of strings"},
	} {
		path := filepath.Join(t.TempDir(), "bad.safetensors")
		if err := os.WriteFile(path, test.content, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := OpenSafetensors(path)
		if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got error %v, want one with %q and the path", test.name, err, test.says)
		}
	}
}

func TestBadIndexes(t *testing.T) {
	shard := content(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8)
	for name, test := range map[string]struct{ index, says string }{
		"missing shards": {`{"weight_map":{"w":"a.safetensors","v":"c.safetensors","u":"b.safetensors"}}`, `2 of 3 shards are missing: ["b.safetensors" "c.safetensors"]`},
		"outside":        {`{"weight_map":{"w":"../a.safetensors"}}`, "outside"},
		"no map":         {`{}`, "weight_map"},
		"no JSON":        {`{`, "unexpected end"},
		"missing tensor": {`{"weight_map":{"w":"a.safetensors","v":"a.safetensors"}}`, `"v": not in a.safetensors`},
	} {
		folder := t.TempDir()
		os.WriteFile(filepath.Join(folder, "a.safetensors"), shard, 0o644)
		path := filepath.Join(folder, IndexFile)
		os.WriteFile(path, []byte(test.index), 0o644)
		if _, err := openIndex(path, OpenSafetensors); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got error %v, want one with %q", name, err, test.says)
		}
	}
}

// Files of early writers do not pad the header; the reference reads them, and so do we.
func TestDataIsAlignedAlways(t *testing.T) {
	bytes := content(`{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}`, 5)
	copy(bytes[len(bytes)-4:], "\x00\x00\x80\x3f")
	path := filepath.Join(t.TempDir(), "odd.safetensors")
	os.WriteFile(path, bytes, 0o644)
	file, err := OpenSafetensors(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, _ := file.Tensor("w")
	if again := aligned(F32, w.Data); &again[0] != &w.Data[0] || binary.LittleEndian.Uint32(w.Data) != 0x3f800000 {
		t.Errorf("got % x at an odd address or of another value", w.Data)
	}
	if _, ok := file.Tensor("v"); ok {
		t.Error("found a tensor that is not there")
	}
}

func FuzzSafetensors(f *testing.F) {
	golden, err := os.ReadFile(filepath.Join("testdata", "safetensors", "types.safetensors"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add(content(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Fuzz(func(t *testing.T, content []byte) {
		tensors, metadata, err := parseSafetensors(content, "fuzz")
		if err != nil {
			return
		}
		// What is accepted can be written, and reads back as the same tensors.
		sorted, written, err := layout(tensors, metadata)
		if err != nil {
			t.Fatal(err)
		}
		for _, tensor := range sorted {
			written = append(written, tensor.Data...)
		}
		found, _, err := parseSafetensors(written, "again")
		if err != nil {
			t.Fatal(err)
		}
		again := newFile()
		again.add(found...)
		for _, tensor := range tensors {
			copied, ok := again.Tensor(tensor.Name)
			if !ok || !bytes.Equal(copied.Data, tensor.Data) {
				t.Errorf("tensor %q changed", tensor.Name)
			}
		}
	})
}

// BenchmarkOpenSafetensors opens a file with the tensors of bert-base (199 of them, 438 MB, sparse).
func BenchmarkOpenSafetensors(b *testing.B) {
	header := []byte("{")
	var at int64
	for i := range 199 {
		if i > 0 {
			header = append(header, ',')
		}
		e := entry{"bert.encoder.layer.0.attention.self.query.weight." + strconv.Itoa(i), F32, []int64{716, 768}, at, at + 716*768*4}
		header, at = appendEntry(header, e), e.end
	}
	header = append(header, '}')
	path := filepath.Join(b.TempDir(), ModelFile)
	if err := os.WriteFile(path, content(string(header)+strings.Repeat(" ", -len(header)&7), 0), 0o644); err != nil {
		b.Fatal(err)
	}
	info, _ := os.Stat(path)
	if err := os.Truncate(path, info.Size()+at); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		file, err := OpenSafetensors(path)
		if err != nil {
			b.Fatal(err)
		}
		file.Close()
	}
}
