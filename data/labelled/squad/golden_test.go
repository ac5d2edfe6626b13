package squad

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
)

func readGolden(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile("../testdata/golden/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

func TestPredictEqualsReference(t *testing.T) {
	var g struct {
		First, Last [][]float32
		Runs        []struct {
			Settings struct {
				V2        bool    `json:"version_2_with_negative"`
				Best      int     `json:"n_best_size"`
				MaxLength int     `json:"max_answer_length"`
				Threshold float64 `json:"null_score_diff_threshold"`
			}
			Files map[string]string
		}
	}
	var q struct {
		ID, Context []string
		Runs        []struct {
			Example []string
			Offsets [][]*[2]int
		}
	}
	readGolden(t, "answers.json", &g)
	readGolden(t, "span.json", &q)
	for _, run := range g.Runs {
		s := Settings{V2: run.Settings.V2, Best: run.Settings.Best, MaxLength: run.Settings.MaxLength, NullThreshold: run.Settings.Threshold}
		var all []Named
		for i, id := range q.ID {
			var windows []Window
			for f := range g.First {
				if q.Runs[0].Example[f] == id {
					windows = append(windows, window(q.Context[i], g.First[f], g.Last[f], q.Runs[0].Offsets[f]))
				}
			}
			if len(windows) > 0 {
				all = append(all, Named{id, Predict(q.Context[i], windows, s)})
			}
		}
		for name, write := range map[string]func(*bytes.Buffer) error{
			"predictions.json":       func(b *bytes.Buffer) error { return WritePredictions(b, all) },
			"nbest_predictions.json": func(b *bytes.Buffer) error { return WriteBest(b, all) },
			"null_odds.json":         func(b *bytes.Buffer) error { return WriteNullOdds(b, all) },
		} {
			want, ok := run.Files[name]
			if !ok {
				continue
			}
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			if name == "nbest_predictions.json" {
				compareBest(t, got.String(), want)
			} else if diff := cmp.Diff(want, got.String()); diff != "" {
				t.Errorf("%+v: %s: %s", s, name, diff)
			}
		}
	}
}

func window(context string, first, last []float32, offsets []*[2]int) Window {
	w := Window{First: first, Last: last}
	for _, o := range offsets {
		start, end := int32(-1), int32(-1)
		if o != nil {
			start, end = int32(labelled.ByteOffset(context, o[0])), int32(labelled.ByteOffset(context, o[1]))
		}
		w.Starts = append(w.Starts, start)
		w.Ends = append(w.Ends, end)
	}
	return w
}

// compareBest allows the probabilities the rounding of fp32, in which the reference computes them; all else is bytes.
func compareBest(t *testing.T, got, want string) {
	t.Helper()
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(a) != len(b) {
		t.Fatalf("%d lines of candidates, want %d", len(a), len(b))
	}
	for i := range a {
		x, isProbability := strings.CutPrefix(strings.TrimSpace(a[i]), `"probability": `)
		y, _ := strings.CutPrefix(strings.TrimSpace(b[i]), `"probability": `)
		if !isProbability {
			if a[i] != b[i] {
				t.Fatalf("line %d is %s, want %s", i+1, a[i], b[i])
			}
			continue
		}
		var p, w float64
		if json.Unmarshal([]byte(x), &p) != nil || json.Unmarshal([]byte(y), &w) != nil || math.Abs(p-w) > 1e-6 {
			t.Fatalf("line %d: probability %s, want %s", i+1, x, y)
		}
	}
}
