package pipeline

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data"
	"gobert/data/labelled"
)

// rows are texts for many batches, and one that is faulty.
func rows() (labelled.Reader, error) {
	var texts []string
	for i := range 3000 {
		texts = append(texts, strings.Repeat("boats near oslo ", 1+i%9)+fmt.Sprint(i))
	}
	return &faultyAt{Reader: labelled.Given(plain(texts)), at: 1500}, nil
}

type faultyAt struct {
	labelled.Reader
	at, read int
}

func (f *faultyAt) Next() (labelled.Example, error) {
	e, err := f.Reader.Next()
	if f.read++; f.read == f.at && err == nil {
		err = labelled.Fault(labelled.Origin{File: "rows", Record: f.read}, "odd")
	}
	return e, err
}

// TestPartsOfPredictionsAreTheWhole: byte by byte, wherever the parts end, and with one that was cut off and goes on.
func TestPartsOfPredictionsAreTheWhole(t *testing.T) {
	p := tagger(t, Options{})
	o := PredictOptions{OnError: labelled.Skip}
	var whole bytes.Buffer
	all, err := rows()
	if err != nil {
		t.Fatal(err)
	}
	done, err := p.Predict(t.Context(), all, NewPredictions(&whole), o)
	if err != nil || done.Lines != 3000 || done.Faults.Rows != 1 {
		t.Fatal(done, err)
	}
	var joined bytes.Buffer
	faults := 0
	for number := 1; number <= 3; number++ {
		path := filepath.Join(t.TempDir(), "part.jsonl")
		write := func(resume bool) *Predicted {
			r, err := labelled.PartOf(data.Part{Number: number, Of: 3}, 1, rows)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			out, err := CreatePredictions(path, resume)
			if err != nil {
				t.Fatal(err)
			}
			done, err := tagger(t, Options{}).Predict(t.Context(), r, out, o) // each machine opens the model anew
			if err != nil || done.Lines != 1000 {
				t.Fatal(done, err)
			}
			if err := out.Close(); err != nil {
				t.Fatal(err)
			}
			return done
		}
		faults += write(false).Faults.Rows
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		joined.Write(text)
		if err := os.WriteFile(path, text[:len(text)*number/4], 0o644); err != nil {
			t.Fatal(err)
		}
		write(true)
		if again, err := os.ReadFile(path); err != nil || !bytes.Equal(text, again) {
			t.Errorf("part %d is another one where it goes on, %v", number, err)
		}
	}
	if !bytes.Equal(whole.Bytes(), joined.Bytes()) {
		t.Error("the parts are not the whole")
	}
	if faults != 1 {
		t.Errorf("%d faults in all parts, expected 1", faults)
	}
}

// TestPartsOfVectorsAreTheWhole, in the same bits, texts of a pair together.
func TestPartsOfVectorsAreTheWhole(t *testing.T) {
	given := func() (labelled.Reader, error) {
		var texts []string
		for i := range 998 {
			texts = append(texts, strings.Repeat("boats near oslo ", 1+i%9))
		}
		return labelled.Given(plain(texts)), nil
	}
	embedded := func(part data.Part) (list [][]float32) {
		r, err := labelled.PartOf(part, 2, given)
		if err != nil {
			t.Fatal(err)
		}
		e, err := tagger(t, Options{}).Embedder() // each machine opens the model anew
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Stream(t.Context(), r, func(vector []float32) error { list = append(list, vector); return nil }); err != nil {
			t.Fatal(err)
		}
		return list
	}
	whole := embedded(data.Part{})
	var joined [][]float32
	for number := 1; number <= 4; number++ {
		part := embedded(data.Part{Number: number, Of: 4})
		if len(part)%2 != 0 {
			t.Errorf("part %d has %d texts: a pair is parted", number, len(part))
		}
		joined = append(joined, part...)
	}
	if fmt.Sprint(whole) != fmt.Sprint(joined) || len(whole) != 998 {
		t.Errorf("%d and %d vectors differ", len(whole), len(joined))
	}
}
