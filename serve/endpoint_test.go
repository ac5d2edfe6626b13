package serve

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"testing"
)

// TestEndpoint: the root answers as the route that fits the model, and as Hugging Face's pipelines where a body has parameters.
func TestEndpoint(t *testing.T) {
	s := newServer(t, Options{}, everyModel...)
	for _, c := range []struct{ route, plain, body string }{
		{"/embed", `{"inputs":"rain"}`, `{"inputs":"rain"}`},
		{"/similarity", `{"inputs":{"source_sentence":"rain","sentences":["sun"]}}`, ""},
		{"/predict", `{"model":"labels","inputs":["rain","sun"]}`, ""},
		{"/rerank", `{"model":"ranks","query":"rain","texts":["sun","rain"]}`, ""},
		{"/tags", `{"model":"tags","inputs":"Bob lives in Rome"}`, ""},
		{"/answer", `{"model":"answers","inputs":[{"question":"who","context":"Bob lives in Rome"}]}`, ""},
		{"/choose", `{"model":"choices","inputs":[{"text":"rain","choices":["sun","falls"]}]}`, ""},
		{"/fill", `{"model":"blanks","inputs":"the [MASK]"}`, ""},
	} {
		_, want := ask(s, c.route, c.plain)
		for _, path := range []string{"/", "/invocations"} {
			if status, got := ask(s, path, c.plain); status != http.StatusOK || got != want {
				t.Errorf("%s %s: %d %s, and %s says %s", path, c.plain, status, got, c.route, want)
			}
		}
	}
	if status, text := ask(s, "/", `{"model":"labels","inputs":"rain","parameters":{"targets":["a"]}}`); status != http.StatusUnprocessableEntity || !strings.Contains(text, "parameters.targets") {
		t.Errorf("a parameter that is not known: %d %s", status, text)
	}
}

// TestHubForms: labels, entities and masks are those of our routes, in the forms of transformers' pipelines.
func TestHubForms(t *testing.T) {
	s := newServer(t, Options{}, everyModel...)
	read := func(path, body string, into any) {
		t.Helper()
		status, text := ask(s, path, body)
		if err := json.Unmarshal([]byte(text), into); err != nil || status != http.StatusOK {
			t.Fatalf("%s %s: %d %s", path, body, status, text)
		}
	}
	var plain []chance
	var lists [][]chance
	read("/predict", `{"model":"labels","inputs":"rain"}`, &plain)
	near := func(a, b chance) bool { return a.Label == b.Label && math.Abs(float64(a.Score-b.Score)) < 1e-6 }
	for _, parameters := range []string{`{}`, `{"function_to_apply":"softmax"}`} {
		read("/", `{"model":"labels","inputs":"rain","parameters":`+parameters+`}`, &lists)
		for i, c := range lists[0] {
			if !near(c, plain[i]) {
				t.Errorf("%s: %v, expected %v", parameters, lists[0], plain)
			}
		}
	}
	read("/", `{"model":"labels","inputs":["rain","sun"],"parameters":{"top_k":1}}`, &lists)
	if len(lists) != 2 || len(lists[0]) != 1 || !near(lists[0][0], plain[0]) {
		t.Errorf("the best of two texts: %v, expected one each, %v first", lists, plain[0])
	}
	var entities []hubEntity
	read("/", `{"model":"tags","inputs":"Bob lives","parameters":{"aggregation_strategy":"none"}}`, &entities)
	for _, e := range entities {
		if e.Entity == "" || e.Group != "" {
			t.Errorf("tokens by themselves: %+v", e)
		}
	}
	var guesses []hubGuess
	read("/", `{"model":"blanks","inputs":"the [MASK]","parameters":{"top_k":2}}`, &guesses)
	if len(guesses) != 2 || guesses[0].Sequence != "the "+guesses[0].Token || guesses[0].Score < guesses[1].Score {
		t.Errorf("a mask: %+v", guesses)
	}
	var masks [][]hubGuess
	read("/", `{"model":"blanks","inputs":"[MASK] [MASK]","parameters":{}}`, &masks)
	if first := masks[0][0]; len(masks) != 2 || first.Sequence != "[CLS] "+first.Token+" [MASK] [SEP]" {
		t.Errorf("two masks: %+v", masks)
	}
}
