package weights

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHostileViews(t *testing.T) {
	for _, test := range []struct {
		name          string
		offset        int64
		shape, stride []int64
		says          string
	}{
		{"beyond the storage", 0, []int64{5}, []int64{1}, "reaches element 4"},
		{"offset beyond", 4, []int64{1}, []int64{1}, "reaches element 4"},
		{"huge offset", math.MaxInt64, []int64{1}, []int64{1}, "reaches element"},
		{"repeats without end", 0, []int64{1 << 50}, []int64{0}, "beyond the size of the file"},
		{"huge stride", 0, []int64{3}, []int64{math.MaxInt64}, "impossible"},
		{"negative stride", 3, []int64{2}, []int64{-1}, "impossible"},
		{"overflowing shape", 0, []int64{1 << 40, 1 << 40}, []int64{0, 0}, "larger than any memory"},
		{"negative extent", 0, []int64{-1}, []int64{1}, "negative"},
	} {
		base := &storage{key: "0", data: make([]byte, 16)}
		budget := int64(1000)
		_, err := (&view{base, F32, test.offset, test.shape, test.stride}).contents(&budget)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.says)
		}
	}
}

func TestHostilePickles(t *testing.T) {
	for _, test := range []struct{ name, code, says string }{
		{"a string of 4 GiB", "\x80\x02X\xff\xff\xff\xff", "too early"},
		{"bytes of 2^63", "\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f", "too early"},
		{"no stop", "\x80\x02}", "too early"},
		{"an empty stack", "\x80\x02.", "stack is empty"},
		{"no mark", "\x80\x02Nt.", "expected a mark"},
		{"an unknown memo", "\x80\x02h\x07.", "never put"},
		{"os.system", "\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.", `"os.system"`},
		{"an old instruction", "\x80\x02ios\nsystem\n.", "0x69"},
		{"a stack global", "\x80\x04\x8c\x02os\x8c\x06system\x93.", `"os.system"`},
		{"a persistent id", "\x80\x02X\x01\x00\x00\x00aQ.", "description of a storage"},
	} {
		_, _, err := runPickle([]byte(test.code), map[string]*storage{})
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.says)
		}
	}
}

// What PyTorch saved in one format and we write in the other is what PyTorch writes itself.
func TestConversionIsByteIdenticalToTheReference(t *testing.T) {
	file, err := openPickle(torchFile("zip.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := Write(path, file.Tensors(), nil); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(path)
	want, _ := os.ReadFile(torchFile("expected.safetensors"))
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}
