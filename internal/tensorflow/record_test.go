package tensorflow

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExampleRoundTrip(t *testing.T) {
	entries := AppendInts(nil, "ids", []int32{0, 1, -1, 1 << 30})
	entries = AppendFloats(entries, "weights", []float32{1, 0.5})
	entries = AppendInts(entries, "none", nil)
	var f Fields
	for range 2 { // The second time into used memory.
		if err := f.Parse(AppendExample(nil, entries)); err != nil {
			t.Fatal(err)
		}
		want := Fields{
			Ints:   map[string][]int64{"ids": {0, 1, -1, 1 << 30}, "none": nil},
			Floats: map[string][]float32{"weights": {1, 0.5}},
		}
		if diff := cmp.Diff(want, f); diff != "" {
			t.Error(diff)
		}
	}
}

// Older writers do not pack lists.
func TestParseUnpacked(t *testing.T) {
	list := []byte{0x08, 7, 0x08, 9}
	feature := append([]byte{0x1a, byte(len(list))}, list...)
	entry := append([]byte{0x0a, 1, 'x', 0x12, byte(len(feature))}, feature...)
	entries := append([]byte{0x0a, byte(len(entry))}, entry...)
	var f Fields
	if err := f.Parse(AppendExample(nil, entries)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{7, 9}, f.Ints["x"]); diff != "" {
		t.Error(diff)
	}
}

func TestRecordsRoundTrip(t *testing.T) {
	records := [][]byte{[]byte("one"), {}, bytes.Repeat([]byte("three"), 1000)}
	var file bytes.Buffer
	w := NewWriter(&file)
	for _, record := range records {
		if err := w.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	r, err := NewReader("file", bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i := len(records) - 1; i >= 0; i-- {
		got, err := r.Read(nil, i)
		if err != nil || !bytes.Equal(got, records[i]) {
			t.Errorf("record %d: %q, %v", i, got, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	golden, err := os.ReadFile("../../data/pretraining/google/testdata/short.0.tfrecord")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden[:2000])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := NewReader("fuzz", bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		var again bytes.Buffer
		w := NewWriter(&again)
		for i := range r.Len() {
			record, readErr := r.Read(nil, i)
			if readErr != nil {
				return
			}
			err = errors.Join(err, w.Write(record))
		}
		if err != nil || !bytes.Equal(again.Bytes(), file) {
			t.Errorf("a file without faults is not what its records make: %v", err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(AppendExample(nil, AppendFloats(AppendInts(nil, "ids", []int32{1, 300}), "w", []float32{1})))
	f.Add([]byte{0x0a, 3, 0x0a, 1, 0xff})
	f.Fuzz(func(t *testing.T, example []byte) {
		var fields Fields
		if fields.Parse(example) != nil {
			return
		}
		// What was understood must survive being written.
		var entries []byte
		for name, values := range fields.Floats {
			entries = AppendFloats(entries, name, values)
		}
		var again Fields
		if err := again.Parse(AppendExample(nil, entries)); err != nil || len(again.Floats) != len(fields.Floats) {
			t.Errorf("%v, %d lists of %d", err, len(again.Floats), len(fields.Floats))
		}
	})
}
