package table

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
)

const golden = "../testdata/golden"

func TestParquet(t *testing.T) {
	for _, test := range []struct {
		file   string
		kind   labelled.Kind
		want   []string
		faults []string
	}{
		{"classify.parquet", labelled.Classify, []string{"one|=good", "zwei ü|=bad", "three"}, []string{`record 4: column "text" is missing`, `record 5: column "text" is empty`}},
		{"score.parquet", labelled.Classify, []string{"a|c|=3.0", "b|d|=2.25"}, nil},
		{"tag.parquet", labelled.Tag, []string{"|Ann|ran|=B-X O", "|x|=I-X"}, []string{`record 3: column "tokens" has a list of 0`}},
		{"squad.parquet", labelled.Span, []string{"q?|a b|=|b|a", "r?|a b|="}, nil},
	} {
		t.Run(test.file, func(t *testing.T) {
			r, err := Open(filepath.Join(golden, test.file), test.kind, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var skipped labelled.Skipped
			all, err := labelled.ReadAll(labelled.Skipping(r, &skipped))
			if diff := cmp.Diff(test.want, shorts(all)); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			if len(skipped.Reasons) != len(test.faults) {
				t.Fatalf("faults %v, want %v", skipped.Reasons, test.faults)
			}
			for i, want := range test.faults {
				if !strings.Contains(skipped.Reasons[i].Error(), want) {
					t.Errorf("fault %v, want %s", skipped.Reasons[i], want)
				}
			}
		})
	}
}

// TestParquetByAnotherName is Parquet all the same, as it is where text for pretraining is read; a format that is asked for is kept to.
func TestParquetByAnotherName(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join(golden, "classify.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rows", "rows.csv", "rows.jsonl"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path, labelled.Classify, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if e, err := r.Next(); err != nil || e.Text != "one" {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
		r.Close()
		if _, err := Open(path, labelled.Classify, Options{Format: CSV}); err == nil || !strings.Contains(err.Error(), "it is a Parquet file") {
			t.Errorf("%s as CSV: %v", name, err)
		}
	}
}

func TestParquetFaults(t *testing.T) {
	folder := t.TempDir()
	whole, err := os.ReadFile(filepath.Join(golden, "classify.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"empty.parquet": nil, "text.parquet": []byte("text,label\na,b\n"), "short.parquet": whole[:len(whole)-9]} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, labelled.Classify, Options{}); err == nil || !strings.Contains(err.Error(), name+": no valid Parquet file") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := Read("-", strings.NewReader("PAR1"), labelled.Classify, Options{Format: Parquet}); err == nil || !strings.Contains(err.Error(), "it must be a file") {
		t.Errorf("got %v for a stream", err)
	}
	if _, err := Open(filepath.Join(folder, "none.parquet"), labelled.Classify, Options{}); err == nil {
		t.Error("a file that is not there was opened")
	}
}

// FuzzParquet damages a file at one place.
func FuzzParquet(f *testing.F) {
	whole, err := os.ReadFile(filepath.Join(golden, "squad.parquet"))
	if err != nil {
		f.Fatal(err)
	}
	for i := 0; i < len(whole); i += 97 {
		f.Add(i, byte(0xff), 0)
		f.Add(i, byte(0), i%50)
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, at int, value byte, cut int) {
		damaged := append([]byte(nil), whole...)
		damaged[uint(at)%uint(len(damaged))] ^= value
		damaged = damaged[:len(damaged)-int(uint(cut)%uint(len(damaged)))]
		path := filepath.Join(folder, "a.parquet")
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path, labelled.Span, Options{})
		if err != nil {
			return
		}
		_, _ = labelled.ReadAll(labelled.Skipping(r, new(labelled.Skipped)))
	})
}

func FuzzRead(f *testing.F) {
	for i, s := range []string{
		"text,label\n\"a\nb\",x\n", "\"", "a\tb\tc\td\te\tf\t3\n", "[{\"text\": \"a\"}]", "{\"data\": [{\"question\": \"q\", \"context\": \"c\", \"answers\": {\"text\": [\"c\"], \"answer_start\": [0]}}]}",
		"{\"text\": [\"a\"], \"label\": [\"O\"]}\n", "{", "[", "{\"a\":", "\xff\xfea\x00", "\ufeff",
		"{\"prompt\": \"p\", \"choices\": [\"a\", \"b\"], \"label\": 1}",
	} {
		for k := range 4 {
			f.Add(s, k, i, ',')
		}
	}
	kinds := []labelled.Kind{labelled.Classify, labelled.Tag, labelled.Span, labelled.Choice}
	formats := []Format{Auto, CSV, TSV, JSON, JSONLines, Lines}
	f.Fuzz(func(t *testing.T, content string, kind, format int, separator rune) {
		r, err := Read("f", strings.NewReader(content), kinds[uint(kind)%4], Options{Format: formats[uint(format)%6], Separator: separator})
		if err != nil {
			return
		}
		_, _ = labelled.ReadAll(labelled.Skipping(r, new(labelled.Skipped)))
	})
}
