package labelled

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// labelled makes examples of one label each.
func labelled(names ...string) []Example {
	var all []Example
	for i, name := range names {
		all = append(all, Example{Origin: Origin{File: "f", Line: i + 1}, Text: "text " + strconv.Itoa(i), Labels: []string{name}, Labelled: true})
	}
	return all
}

func TestFindLabels(t *testing.T) {
	several := labelled("a", "b")
	several[1].Labels = []string{"c", "a"}
	none := labelled("a", "b")
	none[0].Labels = []string{}
	for _, test := range []struct {
		name     string
		examples []Example
		problem  Problem
		want     Problem
		names    string
	}{
		{"names", labelled("pos", "neg", "pos", "Neg"), "", Single, "Neg neg pos"},
		{"whole numbers by value", labelled("10", "9", "-1"), "", Single, "-1 9 10"},
		{"numbers and names by code point", labelled("10", "9", "x"), "", Single, "10 9 x"},
		{"a fraction", labelled("1", "2.5", "3"), "", Regression, "LABEL_0"},
		{"an exponent", labelled("1e-3", "2"), "", Regression, "LABEL_0"},
		{"nan is a name", labelled("nan", "2.5"), "", Single, "2.5 nan"},
		{"fractions asked to be classes", labelled("1.5", "2.5"), Single, Single, "1.5 2.5"},
		{"several", several, "", Multi, "a c"},
		{"a row without any", none, "", Multi, "b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := FindLabels(test.examples, test.problem)
			if got := strings.Join(l.Names, " "); l.Problem != test.want || got != test.names {
				t.Errorf("got %s of %s, want %s of %s", got, l.Problem, test.names, test.want)
			}
		})
	}
}

func TestNotNumber(t *testing.T) {
	for _, test := range []struct {
		labels []string
		fault  string
	}{
		{[]string{"1.5", "2.5", "much"}, `the label is "much", expected a number, since 2 of 3 labels are`},
		{[]string{"1.5", "2.5", "nan"}, `the label is "nan"`},
		{[]string{"1.5", "2.5", "3"}, ""},
		{[]string{"1.5", "a", "b"}, ""},
		{[]string{"1", "2", "a"}, ""},
		{[]string{"1.5", "NaN", "2"}, `the label is "NaN", expected a number, since 2 of 3 labels are`},
		{[]string{"0", "1", "nan"}, `the label is "nan"`},
		{[]string{"1.5", "1", "2", "1e400"}, `the label is "1e400"`},
		{[]string{"nan", "inf"}, ""},                            // names
		{[]string{"1", "2", "1" + strings.Repeat("0", 19)}, ""}, // numbers of something
	} {
		examples := labelled(test.labels...)
		var faults []string
		if not := NotNumber(examples); not != nil {
			for i := range examples {
				if err := not(&examples[i]); err != nil {
					faults = append(faults, err.Error())
				}
			}
		}
		if got := strings.Join(faults, "; "); test.fault == "" && got != "" || !strings.Contains(got, test.fault) {
			t.Errorf("%v: got %q, want %q", test.labels, got, test.fault)
		}
	}
}

func TestLabelsMessages(t *testing.T) {
	l := NewLabels(Single, []string{"no", "yes"})
	_, err := l.Class(Origin{File: "dev.csv", Line: 7}, "maybe")
	if err == nil || !IsRow(err) {
		t.Fatalf("got %v, want a fault of a row", err)
	}
	for _, part := range []string{"dev.csv: line 7", `"maybe"`, "no, yes", "(hint: "} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
	if _, err := Number(Origin{File: "x", Record: 3}, "4,5"); err == nil || !strings.Contains(err.Error(), `x: record 3: the target is "4,5", expected a number`) {
		t.Errorf("got %v", err)
	}
	got := Difference(NewLabels(Single, []string{"a", "b"}), NewLabels(Single, []string{"b", "c"}), "train", "dev")
	if want := "only in train: a; only in dev: c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSplitDevIsStratified(t *testing.T) {
	var names []string
	for i := range 1000 {
		names = append(names, map[bool]string{true: "rare", false: "often"}[i%10 == 0])
	}
	all := labelled(names...)
	train, dev := SplitDev(all, 0.2, 7)
	count := map[string]int{}
	for _, e := range dev {
		count[e.Label()]++
	}
	if len(train) != 800 || count["rare"] != 20 || count["often"] != 180 {
		t.Errorf("train has %d, dev %v; want 800 and 20 rare of 200", len(train), count)
	}
	_, again := SplitDev(labelled(names...), 0.2, 7)
	if diff := cmp.Diff(dev, again); diff != "" {
		t.Errorf("the same seed splits otherwise: %s", diff)
	}
	_, other := SplitDev(labelled(names...), 0.2, 8)
	if cmp.Equal(dev, other) {
		t.Error("another seed splits the same")
	}
	for i := 1; i < len(dev); i++ {
		if dev[i].Origin.Line <= dev[i-1].Origin.Line {
			t.Fatal("dev is not in the order of the file")
		}
	}
}

func TestSplitDevEdges(t *testing.T) {
	if train, dev := SplitDev(labelled("a"), 0.5, 1); len(train) != 1 || len(dev) != 0 {
		t.Errorf("one example became %d and %d", len(train), len(dev))
	}
	if train, dev := SplitDev(labelled("a", "b"), 0.01, 1); len(train)+len(dev) != 2 {
		t.Errorf("two examples became %d and %d", len(train), len(dev))
	}
	var spans []Example
	for i := range 40 {
		spans = append(spans, Example{Text: strconv.Itoa(i), Pair: "context " + strconv.Itoa(i/4), Answers: []Answer{}})
	}
	train, dev := SplitDev(spans, 0.25, 3)
	seen := map[string]bool{}
	for _, e := range train {
		seen[e.Pair] = true
	}
	for _, e := range dev {
		if seen[e.Pair] {
			t.Errorf("%s is in both parts", e.Pair)
		}
	}
	if len(dev) < 8 || len(dev) > 13 {
		t.Errorf("dev has %d of 40, want about 10", len(dev))
	}
	for name, spans := range map[string][]Example{"one context": spans[:4], "a large one and a small one": append(slices.Repeat(spans[:1], 30), spans[39])} {
		for seed := range uint64(8) {
			if train, dev := SplitDev(spans, 0.25, seed); len(train) == 0 || len(train)+len(dev) != len(spans) {
				t.Errorf("%s, seed %d: %d examples became %d and %d", name, seed, len(spans), len(train), len(dev))
			}
		}
	}
}

func TestDuplicates(t *testing.T) {
	train, dev := labelled("a", "b", "c"), labelled("a", "x", "y")
	dev[2].Text = "new"
	dev[1].Text = "text 1"
	got := Duplicates(train, dev)
	want := []Duplicate{
		{Train: train[0].Origin, Dev: dev[0].Origin, SameLabels: true},
		{Train: train[1].Origin, Dev: dev[1].Origin},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLocate(t *testing.T) {
	const context = "Die Straße nach Zürich."
	for _, test := range []struct {
		text  string
		start int
		byte  int
		want  string
	}{
		{"Straße", 4, 4, ""},
		{"Zürich", 16, 17, ""},
		{"Zürich", 17, 0, `character 17 of the context has "ürich." (hint: the first place that has it is character 16`},
		{"Bern", 3, 0, "the context does not contain it at all"},
		{"Zürich", 99, 0, "beyond the end"},
		{"Zürich", -1, 0, "beyond the end"},
		{".", 22, 24, ""},
	} {
		a, err := Locate(Origin{File: "f", Record: 1}, context, test.text, test.start)
		switch {
		case test.want == "" && (err != nil || a.Byte != test.byte):
			t.Errorf("%q at %d: got byte %d, %v; want %d", test.text, test.start, a.Byte, err, test.byte)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%q at %d: got %v, want %q", test.text, test.start, err, test.want)
		}
	}
}
