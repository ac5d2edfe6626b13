package metrics

import (
	"math"
	"strings"
	"testing"
)

func TestBadInput(t *testing.T) {
	_, err := NewConfusion([]int{1}, nil, 2)
	contains(t, err, "1 labels but 0 predictions")
	_, err = NewConfusion([]int{0, -1}, []int{0, 0}, 2)
	contains(t, err, "the label of example 1 is -1: expected 0 to 1")
	_, err = NewConfusion([]int{0}, []int{2}, 2)
	contains(t, err, "the prediction of example 0 is 2")
	_, err = NewMultilabel([][]bool{{true}}, nil, 1)
	contains(t, err, "1 rows of labels but 0 predictions")
	_, err = NewMultilabel([][]bool{{true}}, [][]bool{{}}, 1)
	contains(t, err, "example 0 has 1 labels and 0 predictions: expected 1 each")
	_, err = Pearson([]float64{1}, nil)
	contains(t, err, "1 numbers with 0")
	_, err = Spearman([]float64{1}, nil)
	contains(t, err, "1 numbers with 0")
	_, err = MSE([]float64{1}, nil)
	contains(t, err, "1 targets but 0 predictions")
	_, err = MSE([]float64{1, math.NaN()}, []float64{1, 1})
	contains(t, err, "example 1 has target NaN")
	_, err = Calibrate([]float64{1}, nil, 10)
	contains(t, err, "1 confidences but 0 outcomes")
	_, err = Calibrate([]float64{1.5}, []bool{true}, 10)
	contains(t, err, "confidence of example 0 is 1.5")
	_, err = Calibrate(nil, nil, 0)
	contains(t, err, "in 0 bins")
	empty, err := NewConfusion(nil, nil, 3)
	if err != nil || !math.IsNaN(empty.Accuracy()) || !math.IsNaN(empty.Average(Macro).F1) || empty.Matthews() != 0 {
		t.Errorf("no examples: %v, %v", empty, err)
	}
}

// TestBootstrap: the same seed gives the same interval, another one a like one; it holds the mean, narrows with more examples
// as theory says, and survives what has no value.
func TestBootstrap(t *testing.T) {
	width := map[int]float64{}
	for _, n := range []int{100, 10000} {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(i % 2)
		}
		a := BootstrapMean(values, BootstrapOptions{Seed: 1})
		if again := BootstrapMean(values, BootstrapOptions{Seed: 1}); a != again {
			t.Errorf("%v and %v from one seed", a, again)
		}
		if other := BootstrapMean(values, BootstrapOptions{Seed: 2}); a == other || math.Abs(other.Low-a.Low) > 0.2*(a.High-a.Low) {
			t.Errorf("%v and %v from two seeds", a, other)
		}
		if !(a.Low < 0.5 && a.High > 0.5) {
			t.Errorf("%v does not hold 0.5", a)
		}
		width[n] = a.High - a.Low
		if want := 2 * 1.96 * 0.5 / math.Sqrt(float64(n)); math.Abs(width[n]/want-1) > 0.15 {
			t.Errorf("%d examples: width %v, want about %v", n, width[n], want)
		}
		if wide := BootstrapMean(values, BootstrapOptions{Level: 0.99}); !(wide.High-wide.Low > width[n]) {
			t.Errorf("99 %% is not wider than 95 %%: %v", wide)
		}
	}
	if got := Bootstrap(3, BootstrapOptions{}, func([]int) float64 { return math.NaN() }); !math.IsNaN(got.Low) || !math.IsNaN(got.High) {
		t.Errorf("a metric without values: %v", got)
	}
	if got := BootstrapMean(nil, BootstrapOptions{}); !math.IsNaN(got.Low) {
		t.Errorf("no examples: %v", got)
	}
	if got := BootstrapMean([]float64{0.25}, BootstrapOptions{}); got != (Interval{0.25, 0.25}) {
		t.Errorf("one example: %v", got)
	}
}

// TestBootstrapMetrics: the other doors draw the same examples.
func TestBootstrapMetrics(t *testing.T) {
	truth, predicted, right := make([]int, 200), make([]int, 200), make([]float64, 200)
	var tags, found [][]string
	for i := range truth {
		truth[i], predicted[i] = i%3, i*i%3
		label, guess := "B-X", "O"
		if truth[i] == predicted[i] {
			right[i], guess = 1, "B-X"
		}
		tags, found = append(tags, []string{label}), append(found, []string{guess})
	}
	want := BootstrapMean(right, BootstrapOptions{Seed: 3})
	got, err := BootstrapClasses(truth, predicted, 3, BootstrapOptions{Seed: 3}, Confusion.Accuracy)
	if err != nil || got != want {
		t.Errorf("accuracy: got %v, %v; want %v", got, err, want)
	}
	// Where all that is found is right, F1 is 2r/(1+r) of the share r that is found.
	got, err = BootstrapEntities(tags, found, BootstrapOptions{Seed: 3})
	f1 := func(r float64) float64 { return 2 * r / (1 + r) }
	if err != nil || math.Abs(got.Low-f1(want.Low)) > 1e-3 || math.Abs(got.High-f1(want.High)) > 1e-3 {
		t.Errorf("F1: got %v, %v; want %v to %v", got, err, f1(want.Low), f1(want.High))
	}
	_, err = BootstrapClasses([]int{5}, []int{0}, 3, BootstrapOptions{}, Confusion.Matthews)
	contains(t, err, "label of example 0 is 5")
	_, err = BootstrapEntities([][]string{{"O"}, {"O"}}, [][]string{{"O"}}, BootstrapOptions{})
	contains(t, err, "2 tagged sentences but 1 predictions")
}

// TestQuantile has numpy's answers for numpy.quantile([1, 2, 4, 8], ...).
func TestQuantile(t *testing.T) {
	for share, want := range map[float64]float64{0: 1, 0.025: 1.075, 0.5: 3, 0.75: 5, 0.975: 7.699999999999999, 1: 8} {
		if got := quantile([]float64{1, 2, 4, 8}, share); got != want {
			t.Errorf("%v: got %v, want %v", share, got, want)
		}
	}
}

func TestTables(t *testing.T) {
	c, err := NewConfusion([]int{0, 0, 1, 1, 1, 3}, []int{0, 1, 1, 1, 0, 3}, 4)
	if err != nil {
		t.Fatal(err)
	}
	labels := []string{"no", "yes", "never", "\u00e4u\u00dferst selten"}
	want := strings.Join([]string{
		"                  precision  recall      F1  support",
		"no                   0.5000  0.5000  0.5000        2",
		"yes                  0.6667  0.6667  0.6667        3",
		"\u00e4u\u00dferst selten       1.0000  1.0000  1.0000        1",
		"",
		"macro average        0.7222  0.7222  0.7222        6",
		"weighted average     0.6667  0.6667  0.6667        6",
		"accuracy 0.6667 of 6 examples", "",
	}, "\n")
	if got := c.Table(labels); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	want = strings.Join([]string{
		"true \\ predicted",
		"                       0      1      2      3",
		"0  no                  1      1      0      0",
		"1  yes                 1      2      0      0",
		"2  never               0      0      0      0",
		"3  \u00e4u\u00dferst selten      0      0      0      1", "",
	}, "\n")
	if got := c.Text(labels); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	m, err := NewMultilabel(bits([]string{"10", "11"}), bits([]string{"10", "01"}), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"no                   1.0000  0.5000  0.6667        2", "samples average", "all labels right: 0.5000 of 2 examples"} {
		if got := m.Table(labels); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	r, err := Entities(words([]string{"B-X I-X O"}), words([]string{"B-X I-X B-Y"}))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Table(); !strings.Contains(got, "X                    1.0000  1.0000  1.0000        1") || !strings.Contains(got, "micro average        0.5000  1.0000") {
		t.Errorf("entities:\n%s", got)
	}
}

// BenchmarkPearson is STS-B's dev set.
func BenchmarkPearson(b *testing.B) {
	x, y := make([]float64, 1500), make([]float64, 1500)
	for i := range x {
		x[i], y[i] = float64(i*7919%1500), float64(i)
	}
	b.SetBytes(16 * 1500)
	for b.Loop() {
		if _, err := Pearson(x, y); err != nil {
			b.Fatal(err)
		}
	}
}

// TestBootstrapCanBeEnded: whoever is interrupted need not wait for ten million draws.
func TestBootstrapCanBeEnded(t *testing.T) {
	asked, drawn := 0, 0
	i := Bootstrap(3, BootstrapOptions{Samples: 10_000_000, Next: func(done int) bool {
		if done != asked {
			t.Fatalf("told of %d draws, %d were made", done, asked)
		}
		asked++
		return done < 5
	}}, func([]int) float64 { drawn++; return 1 })
	if drawn != 5 || i != (Interval{1, 1}) {
		t.Errorf("%d draws, %v", drawn, i)
	}
}
