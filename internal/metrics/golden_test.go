package metrics

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// number is a golden value: null stands for NaN.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" || string(text) == `"error"` {
		*n = number(math.NaN())
		return nil
	}
	if string(text) == `"inf"` {
		*n = number(math.Inf(1))
		return nil
	}
	return json.Unmarshal(text, (*float64)(n))
}

// floats turns golden values into plain ones.
func floats(x []number) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// same compares to the last bit.
func same(t *testing.T, got float64, want number, what string, args ...any) {
	t.Helper()
	if got != float64(want) && !(math.IsNaN(got) && math.IsNaN(float64(want))) {
		t.Errorf(what+": got %v, want %v", append(args, got, float64(want))...)
	}
}

// golden reads cases that another program made, of which there must be enough.
func golden[T any](t *testing.T, name string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var cases []T
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(cases) < 200 {
		t.Fatalf("%s: only %d cases", name, len(cases))
	}
	return cases
}

// three are precision, recall and F1.
func three(t *testing.T, got Scores, want []number, what string, args ...any) {
	t.Helper()
	same(t, got.Precision, want[0], what+": precision", args...)
	same(t, got.Recall, want[1], what+": recall", args...)
	same(t, got.F1, want[2], what+": F1", args...)
	if len(want) > 3 && float64(got.Support) != float64(want[3]) {
		t.Errorf(what+": support %d, want %v", append(args, got.Support, want[3])...)
	}
}

func TestClassesEqualScikitLearn(t *testing.T) {
	type golds struct {
		Classes            int
		Truth, Predicted   []int
		Accuracy, Matthews number
		Averages           map[Average][]number
		Each               [][]number
		Confusion          [][]int
		Binary             []number
	}
	for i, g := range golden[golds](t, "classes.json") {
		c, err := NewConfusion(g.Truth, g.Predicted, g.Classes)
		if err != nil {
			t.Fatal(err)
		}
		same(t, c.Accuracy(), g.Accuracy, "case %d: accuracy", i)
		same(t, c.Matthews(), g.Matthews, "case %d: Matthews", i)
		for a, want := range g.Averages {
			three(t, c.Average(a), want, "case %d: %s", i, a)
		}
		for j, want := range g.Each {
			three(t, c.Class(j), want, "case %d: class %d", i, j)
		}
		for j, row := range g.Confusion {
			for k, want := range row {
				if c[j][k] != want {
					t.Errorf("case %d: %d of class %d predicted as %d, want %d", i, c[j][k], j, k, want)
				}
			}
		}
		if g.Binary != nil {
			three(t, c.Class(1), g.Binary, "case %d: binary", i)
		}
	}
}

func bits(rows []string) [][]bool {
	out := make([][]bool, len(rows))
	for i, row := range rows {
		for _, c := range row {
			out[i] = append(out[i], c == '1')
		}
	}
	return out
}

func TestMultilabelEqualsScikitLearn(t *testing.T) {
	type golds struct {
		Classes           int
		Truth, Predicted  []string
		Accuracy, Hamming number
		Averages          map[Average][]number
		Each              [][]number
	}
	for i, g := range golden[golds](t, "multilabel.json") {
		m, err := NewMultilabel(bits(g.Truth), bits(g.Predicted), g.Classes)
		if err != nil {
			t.Fatal(err)
		}
		same(t, m.Accuracy(), g.Accuracy, "case %d: accuracy", i)
		same(t, m.Hamming(), g.Hamming, "case %d: Hamming loss", i)
		for a, want := range g.Averages {
			three(t, m.Average(a), want, "case %d: %s", i, a)
		}
		for j, want := range g.Each {
			three(t, m.classes[j].scores(), want, "case %d: class %d", i, j)
		}
	}
}

// failed turns an error into NaN, which the golden files have for what the reference refuses.
func failed(v float64, err error) float64 {
	if err != nil {
		return math.NaN()
	}
	return v
}

// TestNumbersEqualScipyAndScikitLearn: what compares numbers with numbers.
func TestNumbersEqualScipyAndScikitLearn(t *testing.T) {
	type golds struct {
		X, Y                        []number
		Pearson, Spearman, MSE, MAE number
	}
	for i, g := range golden[golds](t, "correlation.json") {
		x, y := floats(g.X), floats(g.Y)
		same(t, failed(Pearson(x, y)), g.Pearson, "case %d (%d pairs): Pearson", i, len(x))
		same(t, failed(Spearman(x, y)), g.Spearman, "case %d (%d pairs): Spearman", i, len(x))
	}
	for i, g := range golden[golds](t, "regression.json") {
		x, y := floats(g.X), floats(g.Y)
		same(t, failed(MSE(x, y)), g.MSE, "case %d (%d pairs): MSE", i, len(x))
		same(t, failed(MAE(x, y)), g.MAE, "case %d (%d pairs): MAE", i, len(x))
	}
}

func TestCalibration(t *testing.T) {
	type golds struct {
		Bins       int
		Confidence []number
		Right      []bool
		Rows       [][]number
		ECE        number
	}
	near := func(got float64, want number, what string, i int) {
		if math.Abs(got-float64(want)) > 1e-14 {
			t.Errorf("case %d: %s: got %v, want %v", i, what, got, want)
		}
	}
	for i, g := range golden[golds](t, "calibration.json") {
		c, err := Calibrate(floats(g.Confidence), g.Right, g.Bins)
		if err != nil {
			t.Fatal(err)
		}
		near(c.ECE, g.ECE, "ECE", i)
		for b, row := range g.Rows {
			if c.Bins[b].Count != int(row[0]) {
				t.Errorf("case %d: bin %d holds %d, want %v", i, b, c.Bins[b].Count, row[0])
			}
			if len(row) > 1 {
				near(c.Bins[b].Confidence, row[1], "confidence", i)
				near(c.Bins[b].Accuracy, row[2], "accuracy", i)
			}
		}
	}
}

// contains checks an error's text.
func contains(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %q in it", err, want)
	}
}
