package squad

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
	"gobert/internal/testkit"
)

func readAll(content string) (all []labelled.Example, v2 bool, faults []string) {
	s, err := labelled.NewSource("q.json", strings.NewReader(content))
	if err != nil {
		return nil, false, []string{err.Error()}
	}
	r := Read(s)
	var skipped labelled.Skipped
	all, err = labelled.ReadAll(labelled.Skipping(r, &skipped))
	faults = testkit.Texts(append([]error{err}, skipped.Reasons...)...)
	return all, r.V2(), faults
}

func TestReader(t *testing.T) {
	for _, test := range []struct {
		name, content string
		v2            bool
		want          []string // id|question|context|answers
	}{
		{
			"1.1, the context behind the questions", `{"data":[{"title":"T","paragraphs":[{"qas":[{"answers":[{"answer_start":4,"text":"ü b"},{"answer_start":0,"text":"a"}],"question":"q?","id":"1"}],"context":"a é ü b"}]}],"version":"1.1"}`,
			false,
			[]string{"1|q?|a é ü b|ü b@4,5 a@0,0"},
		},
		{
			"2.0", `{"version":"v2.0","data":[{"title":"T","paragraphs":[{"context":"a b","qas":[{"question":"q?","id":"1","answers":[],"is_impossible":true,"plausible_answers":[{"text":"b","answer_start":2}]},{"question":"r?","id":"2","answers":[{"text":"b","answer_start":2}],"is_impossible":false}]}]}]}`,
			true,
			[]string{"1|q?|a b|none", "2|r?|a b|b@2,2"},
		},
		{"flat", `{"version":2.0,"data":[{"id":"1","question":"q?","context":"a b","answers":{"text":["b"],"answer_start":[2]}},{"id":"2","question":"r?","context":"a b","answers":{"text":[],"answer_start":[]}}]}`, true, []string{"1|q?|a b|b@2,2", "2|r?|a b|none"}},
		{"a list alone", `[{"title":"T","paragraphs":[{"context":"a","qas":[{"question":"q","id":7}]}]}]`, false, []string{"7|q|a|unlabelled"}},
		{"a test file", `{"data":[{"paragraphs":[{"context":"a","qas":[{"question":"q","id":"x"}]}]}]}`, false, []string{"x|q|a|unlabelled"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, v2, faults := readAll(test.content)
			var got []string
			for _, e := range all {
				answers := []string{}
				for _, a := range e.Answers {
					answers = append(answers, a.Text+"@"+string(rune('0'+a.Start))+","+string(rune('0'+a.Byte)))
				}
				if e.Impossible {
					answers = append(answers, "none")
				}
				if !e.Labelled {
					answers = append(answers, "unlabelled")
				}
				got = append(got, strings.Join([]string{e.ID, e.Text, e.Pair, strings.Join(answers, " ")}, "|"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" || len(faults) > 0 || v2 != test.v2 {
				t.Errorf("faults %q, version 2 %v: %s", faults, v2, diff)
			}
		})
	}
}

func TestReaderFaults(t *testing.T) {
	wrap := func(qas string) string {
		return `{"data":[{"title":"T","paragraphs":[{"context":"a b","qas":[` + qas + `,{"question":"fine","id":"z","answers":[{"text":"b","answer_start":2}]}]}]}]}`
	}
	for _, test := range []struct {
		name, content, want string
		kept                int
	}{
		{"an answer elsewhere", wrap(`{"question":"q","id":"1","answers":[{"text":"b","answer_start":1}]}`), `q.json: record 1: question 1 of article "T": the answer "b" is not where the file says: character 1 of the context has " " (hint: the first place that has it is character 2`, 1},
		{"an answer nowhere", wrap(`{"question":"q","id":"1","answers":[{"text":"c","answer_start":1}]}`), "the context does not contain it at all", 1},
		{"no id", wrap(`{"question":"q","answers":[]}`), "it has no id", 1},
		{"no question", wrap(`{"id":"1","answers":[]}`), "the question is missing or empty", 1},
		{"half an answer", wrap(`{"question":"q","id":"1","answers":[{"text":"b"}]}`), "lacks text or answer_start", 1},
		{"answers and none", wrap(`{"question":"q","id":"1","is_impossible":true,"answers":[{"text":"b","answer_start":2}]}`), "is_impossible is true, but there are answers", 1},
		{"answers of a wrong kind", wrap(`{"question":"q","id":"1","answers":7}`), "answers: ", 1},
		{"lists that differ", wrap(`{"question":"q","id":"1","answers":{"text":["a"],"answer_start":[]}}`), "1 texts for 0 places", 1},
		{"no context", `{"data":[{"title":"T","paragraphs":[{"qas":[{"question":"q","id":"1","answers":[]}]}]}]}`, "its paragraph has no context", 0},
		{"cut short", `{"data":[{"title":"T","paragraphs":[{"context":"a","qas":[`, "the file ends inside a list: it is cut short, after 0 questions", 0},
		{"cut short behind an article", wrap(`{"question":"q","id":"1"}`)[:150], "cut short", 0},
		{"no data", `{"version":"1.1"}`, `there is no field "data"`, 0},
		{"data is no list", `{"data":{}}`, `field "data" holds no list`, 0},
		{"no paragraphs", `{"data":[{"paragraphs":3}]}`, "q.json: line 1: paragraphs is a number, expected a list, after 0 questions", 0},
		{"no article", "[\n7]", "q.json: line 2: the value is a number, expected an object", 0},
		{"a question that is none", `{"data":[{"context":"a","question":[]}]}`, "question is a list, expected a text", 0},
		{"no JSON", `question,answer`, "no valid SQuAD file", 0},
		{"a number", `7`, "or an object with one in a field, got 7", 0},
		{"empty", ``, "it is empty", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, _, faults := readAll(test.content)
			if len(faults) != 1 || !strings.Contains(faults[0], test.want) || len(all) != test.kept {
				t.Errorf("got %q with %d questions, want %q with %d", faults, len(all), test.want, test.kept)
			}
		})
	}
}

func TestPredictEdges(t *testing.T) {
	w := func(first, last []float32, starts ...int32) Window {
		ends := make([]int32, len(starts))
		for i := range starts {
			if ends[i] = starts[i]; starts[i] >= 0 {
				ends[i]++
			}
		}
		return Window{First: first, Last: last, Starts: starts, Ends: ends}
	}
	for _, test := range []struct {
		name     string
		windows  []Window
		settings Settings
		want     string
	}{
		{"nothing", nil, Settings{}, "empty"},
		{"nothing, no answer allowed", nil, Settings{V2: true}, ""},
		{"special tokens alone", []Window{w([]float32{1, 2}, []float32{1, 2}, -1, -1)}, Settings{}, "empty"},
		{"the best of two windows", []Window{w([]float32{0, 3}, []float32{0, 3}, -1, 0), w([]float32{0, 4}, []float32{0, 4}, -1, 2)}, Settings{}, "c"},
		{"an equal later one does not win", []Window{w([]float32{0, 3}, []float32{0, 3}, -1, 0), w([]float32{0, 3}, []float32{0, 3}, -1, 2)}, Settings{}, "a"},
		{"no answer is surer in one window only", []Window{w([]float32{9, 3}, []float32{9, 3}, -1, 0), w([]float32{0, 1}, []float32{0, 1}, -1, 2)}, Settings{V2: true}, "a"},
		{"no answer", []Window{w([]float32{9, 3}, []float32{9, 3}, -1, 0)}, Settings{V2: true}, ""},
		{"no answer, but for the threshold", []Window{w([]float32{9, 3}, []float32{9, 3}, -1, 0)}, Settings{V2: true, NullThreshold: 12}, "a"},
		{"too long", []Window{w([]float32{0, 5, 0, 0}, []float32{0, 0, 0, 5}, -1, 0, 1, 2)}, Settings{MaxLength: 2, Best: 1}, "empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Predict("abc", test.windows, test.settings); got.Text != test.want {
				t.Errorf("got %+v, want %q", got, test.want)
			}
		})
	}
	limited := w([]float32{0, 5, 3}, []float32{0, 5, 3}, -1, 0, 1)
	limited.MaxContext = []bool{false, false, true}
	if got := Predict("abc", []Window{limited}, Settings{}); got.Text != "b" {
		t.Errorf("the token of less context won: %q", got.Text)
	}
}

func TestNumbersAsPython(t *testing.T) {
	for x, want := range map[float64]string{0: "0.0", 1: "1.0", -2.5: "-2.5", 1e-5: "1e-05", 1.5e16: "1.5e+16", 123456789: "123456789.0", 0.0001: "0.0001", 1e22: "1e+22"} {
		if got := number(x); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`{"version":"v2.0","data":[{"title":"T","paragraphs":[{"context":"a b","qas":[{"question":"q?","id":"1","answers":[],"is_impossible":true}]}]}]}`,
		`{"data":[{"id":"1","question":"q?","context":"a b","answers":{"text":["b"],"answer_start":[2]}}]}`, `[`, `{"data":[7`, `{"data":[{"paragraphs":[null]}],"x":{}`, "\xff\xfe{\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		all, _, _ := readAll(content)
		for _, e := range all {
			for _, a := range e.Answers {
				if !strings.HasPrefix(e.Pair[a.Byte:], a.Text) {
					t.Fatalf("answer %q is not at byte %d of %q", a.Text, a.Byte, e.Pair)
				}
			}
		}
	})
}

func FuzzPredict(f *testing.F) {
	f.Add("a context of words", []byte{1, 2, 3, 4, 5, 6, 7, 8, 9}, true)
	f.Fuzz(func(t *testing.T, context string, raw []byte, v2 bool) {
		var w Window
		for i := 0; i+3 < len(raw); i += 4 {
			w.First = append(w.First, float32(int8(raw[i])))
			w.Last = append(w.Last, float32(int8(raw[i+1])))
			start := int32(int8(raw[i+2]))
			w.Starts = append(w.Starts, start)
			w.Ends = append(w.Ends, start+int32(raw[i+3]))
		}
		Predict(context, []Window{w, w}, Settings{V2: v2, Best: 5})
	})
}
