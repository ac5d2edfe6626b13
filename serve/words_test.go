package serve

import (
	"fmt"
	"strings"
	"testing"
)

// TestWeightsOfWords: the answer has text-embeddings-inference's form, a list for each text, also where there is one.
func TestWeightsOfWords(t *testing.T) {
	s := newServer(t, Options{}, "blanks")
	one := asked[[][]map[string]float64](t, s, "/embed_sparse", anyBody{"inputs": "rain"})
	if len(one) != 1 || len(one[0]) == 0 {
		t.Fatalf("%v", one)
	}
	for i, w := range one[0] {
		if len(w) != 2 || w["value"] <= 0 || i > 0 && w["index"] <= one[0][i-1]["index"] {
			t.Errorf("%v", w)
		}
	}
	ids := asked[[][]map[string]float64](t, s, "/embed_sparse", anyBody{"inputs": [][]int32{s.models()[0].pipe.Model.Tokenizer.AppendIDs(nil, "rain")}})
	if fmt.Sprint(ids) != fmt.Sprint(one) {
		t.Errorf("ids: %v, the text: %v", ids, one)
	}
}

// TestASpladeFolder is asked for sparse vectors at the root, too, and has no others.
func TestASpladeFolder(t *testing.T) {
	s := newServer(t, Options{})
	if err := s.Load(t.Context(), "../sparse/testdata/splade", "splade"); err != nil {
		t.Fatal(err)
	}
	const body = `{"inputs":["boat","the red boat"],"prompt_name":"query"}`
	status, want := ask(s, "/embed_sparse", body)
	if root, got := ask(s, "/", body); status != 200 || root != 200 || got != want {
		t.Errorf("%d %s, at the root %d %s", status, want, root, got)
	}
	for path, body := range map[string]string{"/embed": `{"inputs":"boat"}`, "/similarity": `{"inputs":{"source_sentence":"boat","sentences":["rain"]}}`} {
		status, answer := ask(s, path, body)
		if field, text := problemIn(answer); status != 422 || field != "model" || !strings.Contains(text, "/embed_sparse") {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
}

// TestThePageKnowsEveryRoute: whatever routes a model's info lists, the page has a form for.
func TestThePageKnowsEveryRoute(t *testing.T) {
	s := newServer(t, Options{}, everyModel...)
	for _, m := range s.models() {
		for _, route := range m.routes() {
			if !strings.Contains(string(pageText), `"`+route+`": { fields:`) {
				t.Errorf("%s, of %s", route, m.name)
			}
		}
	}
}
