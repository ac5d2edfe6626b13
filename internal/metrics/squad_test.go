package metrics

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// asked is a question as the golden files have it: id and answers.
type asked struct{ Question }

func (a *asked) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&a.ID, &a.Answers})
}

func plain(questions []asked) []Question {
	out := make([]Question, len(questions))
	for i, q := range questions {
		out[i] = q.Question
	}
	return out
}

// normalized is an answer as SQuAD's scripts write it.
func normalized(answer string) string { return strings.Join(answerWords(answer), " ") }

func TestNormalizeEqualsScript(t *testing.T) {
	for _, g := range golden[[2]string](t, "normalize.json") {
		if got := normalized(g[0]); got != g[1] {
			t.Errorf("%+q: got %+q, want %+q", g[0], got, g[1])
		}
	}
}

func TestSQuAD1EqualsScript(t *testing.T) {
	type golds struct {
		Questions   []asked
		Predictions map[string]string
		Want        map[string]number
	}
	for i, g := range golden[golds](t, "squad1.json") {
		values, err := SQuAD1(plain(g.Questions), g.Predictions)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, values, g.Want, i)
	}
}

func TestSQuAD2EqualsScript(t *testing.T) {
	type golds struct {
		Questions   []asked
		Predictions map[string]string
		NoAnswer    map[string]float64 `json:"no_answer"`
		Threshold   float64
		Want        map[string]number
	}
	for i, g := range golden[golds](t, "squad2.json") {
		values, err := SQuAD2(plain(g.Questions), g.Predictions, g.NoAnswer, g.Threshold)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, values, g.Want, i)
	}
}

func compare(t *testing.T, values []Value, want map[string]number, i int) {
	t.Helper()
	if len(values) != len(want) {
		t.Errorf("case %d: got %v, want %v", i, values, want)
	}
	for _, v := range values {
		w, ok := want[v.Name]
		if !ok {
			t.Errorf("case %d: %s is not among what the script says", i, v.Name)
		}
		same(t, v.Value, w, "case %d: %s", i, v.Name)
	}
}

func TestBadQuestions(t *testing.T) {
	_, err := SQuAD1(nil, nil)
	contains(t, err, "there are no questions")
	_, err = SQuAD1([]Question{{ID: "q"}}, map[string]string{"q": ""})
	contains(t, err, "question q has no answer (hint: is this SQuAD 2.0?)")
	_, err = SQuAD2(nil, nil, nil, 1)
	contains(t, err, "there are no questions")
	_, err = SQuAD2([]Question{{ID: "p"}, {ID: "q"}}, map[string]string{"p": ""}, map[string]float64{"q": 1}, 1)
	contains(t, err, "question q has no prediction")
	contains(t, err, "question p has no probability")
}

// FuzzNormalize: a normalised answer has no upper case of ASCII, no punctuation, no article, and no space but single ones.
func FuzzNormalize(f *testing.F) {
	f.Add("The  U.S.\u00a0a an-the")
	f.Add("\xff\u0130\u03a3")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		got := normalized(s)
		for _, word := range strings.Split(got, " ") {
			if word == "the" || word == "a" || word == "an" || word == "" && got != "" || strings.ContainsAny(word, "ABC.,!_'") {
				t.Errorf("%+q becomes %+q", s, got)
			}
		}
	})
}

// BenchmarkSQuAD2 scores as many questions as SQuAD 2.0's dev set has.
func BenchmarkSQuAD2(b *testing.B) {
	var questions []Question
	predictions, noAnswer := map[string]string{}, map[string]float64{}
	size := int64(0)
	for i := range 11873 {
		q := Question{ID: fmt.Sprint(i)}
		if i%2 == 0 {
			q.Answers = []string{"the tenth and eleventh centuries", "in the 10th and 11th centuries", "10th century"}
		}
		questions = append(questions, q)
		predictions[q.ID] = "10th and 11th centuries"
		noAnswer[q.ID] = float64(i*7919%11873) / 11873
		size += 80
	}
	b.SetBytes(size)
	for b.Loop() {
		if _, err := SQuAD2(questions, predictions, noAnswer, 1); err != nil {
			b.Fatal(err)
		}
	}
}
