package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gobert/data/labelled/features"
)

// TestBadBodies: whatever comes, the answer is JSON that says what is wrong, and which field.
func TestBadBodies(t *testing.T) {
	s := newServer(t, Options{Texts: 3, Bytes: 5000, RequestTokens: 100}, "plain", "labels", "ranks", "tags", "answers", "choices", "blanks")
	long := strings.Repeat("rain ", 200)
	for _, c := range []struct {
		path, body string
		status     int
		field      string
	}{
		{"/embed", `{"inputs":`, 400, ""},
		{"/embed", ``, 405, ""},
		{"/embed", ` `, 400, ""},
		{"/embed", `null`, 422, ""},
		{"/embed", `[]`, 422, ""},
		{"/embed", `{"inputs":"a"} {}`, 400, ""},
		{"/embed", "{\"inputs\":\"\xff\"}", 400, ""},
		{"/embed", `{}`, 422, "inputs"},
		{"/embed", `{"inputs":null}`, 422, "inputs"},
		{"/embed", `{"inputs":[]}`, 422, "inputs"},
		{"/embed", `{"inputs":[[]]}`, 422, "inputs[0]"},
		{"/embed", `{"inputs":""}`, 422, "inputs"},
		{"/embed", `{"inputs":["rain"," \n"]}`, 422, "inputs[1]"},
		{"/embed", `{"inputs":[1,-2]}`, 422, "inputs"},
		{"/embed", `{"inputs":[1,1.5]}`, 422, "inputs"},
		{"/embed", `{"inputs":[1,99999]}`, 422, "inputs"},
		{"/embed", `{"inputs":[1,99999999999999999999]}`, 422, "inputs"},
		{"/embed", `{"inputs":{"a":1}}`, 422, "inputs"},
		{"/embed", `{"inputs":["rain",[1],3]}`, 422, "inputs"},
		{"/embed", `{"inputs":["a","b","c","d"]}`, 413, "inputs"},
		{"/embed", `{"inputs":["` + long + `"],"truncate":false}`, 413, "inputs[0]"},
		{"/embed", `{"inputs":["` + long + `","` + long + `"]}`, 413, "inputs[1]"},
		{"/embed", `{"inputs":"` + strings.Repeat("rain ", 2000) + `"}`, 413, ""},
		{"/embed", `{"inputs":"rain","truncate":"yes"}`, 422, "truncate"},
		{"/embed", `{"inputs":"rain","truncation_direction":"up"}`, 422, "truncation_direction"},
		{"/embed", `{"inputs":"rain","normalise":true}`, 422, "normalise"},
		{"/embed", `{"inputs":"rain","dimensions":0}`, 422, "dimensions"},
		{"/embed", `{"inputs":"rain","dimensions":17}`, 422, "dimensions"},
		{"/embed", `{"inputs":"rain","prompt_name":"query"}`, 422, "prompt_name"},
		{"/embed", `{"inputs":"rain","model":"other"}`, 404, "model"},
		{"/embed", `{"inputs":"rain","model":7}`, 422, "model"},
		{"/embed_all", `{"inputs":7}`, 422, "inputs"},
		{"/embed_sparse", `{"inputs":"rain","model":"plain"}`, 422, "model"},
		{"/embed_sparse", `{"inputs":"rain","model":"labels"}`, 422, "model"},
		{"/embed_sparse", `{"inputs":["rain",""],"model":"blanks"}`, 422, "inputs[1]"},
		{"/similarity", `{"inputs":{"source_sentence":"rain","sentences":[]}}`, 422, "inputs.sentences"},
		{"/similarity", `{"inputs":{"source_sentence":" ","sentences":["rain"]}}`, 422, "inputs.source_sentence"},
		{"/similarity", `{"inputs":{"source_sentence":"rain","sentences":["sun",""]}}`, 422, "inputs.sentences[1]"},
		{"/similarity", `{"inputs":{"sentences":["rain"]}}`, 422, "inputs.source_sentence"},
		{"/similarity", `{"inputs":{"source_sentence":"rain","sentences":["sun"]},"parameters":{"prompt":"x"}}`, 422, "parameters.prompt"},
		{"/predict", `{"inputs":"rain","model":"plain"}`, 422, "model"},
		{"/predict", `{"inputs":[["a","b","c"]],"model":"labels"}`, 422, "inputs"},
		{"/predict", `{"inputs":[[""]],"model":"labels"}`, 422, "inputs[0]"},
		{"/rerank", `{"query":"rain","texts":[],"model":"ranks"}`, 422, "texts"},
		{"/rerank", `{"query":"","texts":["rain"],"model":"ranks"}`, 422, "query"},
		{"/rerank", `{"query":"rain","texts":["rain"],"model":"labels"}`, 422, "model"},
		{"/rerank", `{"query":"rain","texts":["rain",null],"model":"ranks"}`, 422, "texts[1]"},
		{"/v1/rerank", `{"query":"rain","documents":[{"txt":"rain"}],"model":"ranks"}`, 422, "documents[0]"},
		{"/v1/rerank", `{"query":"rain","documents":["rain"],"top_n":0,"model":"ranks"}`, 422, "top_n"},
		{"/v1/embeddings", `{"input":"rain","encoding_format":"hex"}`, 422, "encoding_format"},
		{"/v1/embeddings", `{"input":"rain","model":"other"}`, 404, "model"},
		{"/tags", `{"inputs":"rain","model":"tags","aggregation":"best"}`, 422, "aggregation"},
		{"/answer", `{"inputs":[{"question":"who"}],"model":"answers"}`, 422, "inputs[0].context"},
		{"/answer", `{"inputs":[{"question":" ","context":"rain"}],"model":"answers"}`, 422, "inputs[0].question"},
		{"/choose", `{"inputs":[{"text":"rain","choices":["a"]}],"model":"choices"}`, 422, "inputs[0].choices"},
		{"/choose", `{"inputs":[{"text":"rain","choices":["a","b"]},{"text":" ","choices":["a","b","c"]}],"model":"choices"}`, 422, "inputs[1].text"},
		{"/choose", `{"inputs":[],"model":"choices"}`, 422, "inputs"},
		{"/fill", `{"inputs":"rain","model":"blanks"}`, 422, "inputs"},
		{"/fill", `{"inputs":"[MASK]","model":"plain"}`, 422, "model"},
		{"/fill", `{"inputs":"[MASK]","model":"blanks","top":101}`, 422, "top"},
		{"/next", `{"inputs":[["rain"]],"model":"blanks"}`, 422, "inputs[0]"},
		{"/next", `{"inputs":[["rain","` + long + `"]],"model":"blanks"}`, 413, "inputs[0]"},
		{"/tokenize", `{"inputs":["a","b","c","d"]}`, 413, "inputs"},
		{"/decode", `{"ids":[99999]}`, 422, "ids"},
		{"/decode", `{"ids":"rain"}`, 422, "ids"},
		{"/v2/models/none/infer", `{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["rain"]}]}`, 404, "model"},
		{"/v2/models/plain/versions/7/infer", `{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["rain"]}]}`, 404, ""},
		{"/v2/models/plain/infer", `{"inputs":[]}`, 422, "inputs"},
		{"/v2/models/plain/infer", `{"inputs":[{"name":"words","shape":[1],"datatype":"BYTES","data":["rain"]}]}`, 422, "inputs[0].name"},
		{"/v2/models/plain/infer", `{"inputs":[{"name":"text","shape":[2],"datatype":"BYTES","data":["rain"]}]}`, 422, "inputs[0].shape"},
		{"/v2/models/plain/infer", `{"inputs":[{"name":"text","shape":[-1],"datatype":"BYTES","data":["rain"]}]}`, 422, "inputs[0].shape"},
		{"/v2/models/plain/infer", `{"inputs":[{"name":"text","shape":[1],"datatype":"FP32","data":[1.5]}]}`, 422, "inputs[0].datatype"},
		{"/v2/models/plain/infer", `{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":[1.5]}]}`, 422, "inputs[0].data[0]"},
		{"/v2/models/plain/infer", `{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["rain"]}],"outputs":[{"name":"label"}]}`, 422, "outputs[0].name"},
		{"/v2/models/labels/infer", `{"inputs":[{"name":"pair","shape":[1],"datatype":"BYTES","data":["rain"]}]}`, 422, "inputs"},
		{"/v2/repository/models/plain/load", `{}`, 403, ""},
		{"/nowhere", `{}`, 404, ""},
	} {
		status, answer := ask(s, c.path, c.body)
		field, text := problemIn(answer)
		if status != c.status || field != c.field || text == "" {
			t.Errorf("%s %.80s: %d %s, expected %d and the field %q", c.path, c.body, status, answer, c.status, c.field)
		}
	}
}

// problemIn reads both forms of an error.
func problemIn(answer string) (field, text string) {
	var ours failure
	if json.Unmarshal([]byte(answer), &ours) == nil && ours.Error != "" {
		return ours.Field, ours.Error
	}
	var theirs openAIFailure
	if json.Unmarshal([]byte(answer), &theirs) == nil && theirs.Error.Message != "" {
		if theirs.Error.Param != nil {
			field = *theirs.Error.Param
		}
		return field, theirs.Error.Message
	}
	return "", ""
}

// loaded is a model of a server.
func loaded(s *Server, name string) *model {
	m, _ := s.acquire(name)
	m.users.Done()
	return m
}

// slow makes every pass of a model take until the channel is closed.
func slow(s *Server, name string, until chan struct{}) {
	m := loaded(s, name)
	run := m.predict.run
	m.predict.run = func(b *features.Batch) ([]output, error) { <-until; return run(b) }
}

// TestOverload: what does not fit into the queue is refused at once, and told when to come again; what fits is answered.
func TestOverload(t *testing.T) {
	s := newServer(t, Options{QueueTokens: 40, RequestTokens: 40}, "labels")
	until := make(chan struct{})
	slow(s, "labels", until)
	m, codes := loaded(s, "labels"), make(chan int, 64)
	var group sync.WaitGroup
	var refused atomic.Int32
	computes := func() bool { m.batcher.mu.Lock(); defer m.batcher.mu.Unlock(); return m.computing > 0 }
	for i := range 40 {
		for i == 1 && !computes() {
			time.Sleep(time.Millisecond)
		}
		group.Go(func() {
			w := httptest.NewRecorder()
			began := time.Now()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader(`{"inputs":"it was very very very good"}`))) // 8 tokens
			if w.Code == http.StatusTooManyRequests {
				if took := time.Since(began); took > 5*time.Second || w.Header().Get("Retry-After") == "" {
					t.Errorf("refused after %v, Retry-After %q", took, w.Header().Get("Retry-After"))
				}
				if refused.Add(1) == 34 { // 40, less the one that computes, less those that wait
					close(until)
				}
			}
			codes <- w.Code
		})
	}
	group.Wait()
	count := map[int]int{}
	for range 40 {
		count[<-codes]++
	}
	if count[200] != 6 || count[429] != 34 {
		t.Errorf("answers by status: %v, expected 6 of 200 and 34 of 429", count)
	}
}

// TestFaultsOfTheModel: where the model fails it is not the client that is blamed, on whatever route.
func TestFaultsOfTheModel(t *testing.T) {
	s := newServer(t, Options{}, "blanks", "labels")
	for _, name := range []string{"blanks", "labels"} {
		m := loaded(s, name)
		broken := func(*features.Batch) ([]output, error) { return nil, errors.New("it fell over") }
		m.guess.run, m.predict.run, m.follow.run = broken, broken, broken
	}
	for path, body := range map[string]string{
		"/fill": `{"inputs":"the [MASK]"}`, "/next": `{"inputs":[["rain","sun"]]}`, "/predict": `{"inputs":"rain","model":"labels"}`,
		"/v2/models/blanks/infer": inference(`["the [MASK]"]`, ""),
	} {
		if status, answer := ask(s, path, body); status != http.StatusInternalServerError || !strings.Contains(answer, `"Backend"`) {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
}

// TestWarmingUpSaysNothingOfSpeed: first passes are slow, and nobody is refused for that.
func TestWarmingUpSaysNothingOfSpeed(t *testing.T) {
	s := newServer(t, Options{}, "labels")
	if rate := loaded(s, "labels").rate; rate != 0 {
		t.Errorf("%v tokens a second are known of a model that was asked nothing", rate)
	}
}

// TestLongAnswers: what would be answered with very much is refused before it is computed.
func TestLongAnswers(t *testing.T) {
	s := newServer(t, Options{Texts: 1 << 20, QueueTokens: 1 << 20}, "plain", "blanks")
	several := func(text string, n int) string { return `["` + text + `"` + strings.Repeat(`,"`+text+`"`, n-1) + `]` }
	for path, body := range map[string]string{
		"/embed_all": `{"inputs":` + several(strings.Repeat("rain ", 30), mostNumbers/16/32+1) + `}`,
		"/fill":      `{"model":"blanks","top":100,"inputs":` + several(strings.Repeat("[MASK] ", 30), mostNumbers/100/30+1) + `}`,
		// each word of the vocabulary may have a weight
		"/embed_sparse": `{"model":"blanks","inputs":` + several("rain", mostNumbers/loaded(s, "blanks").pipe.Model.Network.Encoder().Config.VocabSize+1) + `}`,
	} {
		if status, answer := ask(s, path, body); status != http.StatusRequestEntityTooLarge || !strings.Contains(answer, "numbers") {
			t.Errorf("%s: %d %.300s", path, status, answer)
		}
	}
	few := newServer(t, Options{RequestTokens: 100}, "plain")
	if status, answer := ask(few, "/tokenize", `{"inputs":["rain","`+strings.Repeat("rain ", 200)+`"]}`); status != http.StatusRequestEntityTooLarge || !strings.Contains(answer, "inputs[1]") {
		t.Errorf("/tokenize: %d %.300s", status, answer)
	}
	for _, body := range []string{`{"inputs":"rain","` + strings.Repeat("x", 100_000) + `":1}`, `{"inputs":"rain","model":"` + strings.Repeat("x", 100_000) + `"}`} {
		for _, path := range []string{"/embed", "/v1/embeddings"} {
			if _, answer := ask(s, path, body); len(answer) > 4*mostShown {
				t.Errorf("%s: a fault is told in %d bytes", path, len(answer))
			}
		}
	}
}

// TestManyFaults: a body that is wrong in a hundred thousand places is refused for the first one, soon, and with little memory.
func TestManyFaults(t *testing.T) {
	s := newServer(t, Options{}, "ranks", "plain")
	many := strings.Repeat(`{},`, 500_000) + "{}"
	for path, body := range map[string]string{
		"/rerank":     `{"model":"ranks","query":"rain","texts":[` + many + `]}`,
		"/embed":      `{"model":"plain","inputs":[` + many + `]}`,
		"/predict":    `{"inputs":[` + many + `]}`,
		"/v1/rerank":  `{"model":"ranks","query":"rain","documents":[` + many + `]}`,
		"/similarity": `{"inputs":{"source_sentence":"rain","sentences":[` + many + `]}}`,
	} {
		began := time.Now()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		status, answer := ask(s, path, body)
		runtime.ReadMemStats(&after)
		t.Logf("%s: %d after %v, %d MB", path, status, time.Since(began), (after.TotalAlloc-before.TotalAlloc)>>20)
		if status != http.StatusUnprocessableEntity || len(answer) > 4*mostShown {
			t.Errorf("%s: %d %.300s", path, status, answer)
		}
	}
}

// TestTime: a request that waits for too long, and one whose client leaves, end.
func TestTime(t *testing.T) {
	s := newServer(t, Options{Timeout: 50 * time.Millisecond}, "labels")
	until := make(chan struct{})
	slow(s, "labels", until)
	defer close(until)
	if status, answer := ask(s, "/predict", `{"inputs":"rain"}`); status != http.StatusGatewayTimeout || !strings.Contains(answer, "no time") {
		t.Errorf("%d %s", status, answer)
	}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/predict", strings.NewReader(`{"inputs":"rain"}`)))
	if w.Body.Len() != 0 {
		t.Errorf("a client that left got %s", w.Body)
	}
}

// TestKeys: without a known key there are health, metrics and pages alone.
func TestKeys(t *testing.T) {
	s := newServer(t, Options{Keys: []string{"one", "two"}}, "plain")
	for key, want := range map[string]int{"": 401, "Bearer three": 401, "Bearer": 401, "one": 200, "Bearer one": 200, "bearer two": 200} {
		r := httptest.NewRequest(http.MethodPost, "/embed", strings.NewReader(`{"inputs":"rain"}`))
		r.Header.Set("Authorization", key)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, expected %d", key, w.Code, want)
		}
	}
	for _, path := range []string{"/health", "/metrics", "/", "/docs", "/openapi.json", "/v2/health/live", "/v2/health/ready"} {
		if status, _ := ask(s, path, ""); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := ask(s, "/info", ""); status != http.StatusUnauthorized {
		t.Errorf("/info: %d", status)
	}
}

// TestCORS: pages of the origins that are named may ask.
func TestCORS(t *testing.T) {
	s := newServer(t, Options{Origins: []string{"https://pages.example"}}, "plain")
	for origin, want := range map[string]string{"https://pages.example": "https://pages.example", "https://other.example": ""} {
		r := httptest.NewRequest(http.MethodOptions, "/embed", nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", http.MethodPost)
		r.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: %q, expected %q", origin, got, want)
		}
	}
}

// TestTheLogHasNoTexts: it has a line for each request, with what it cost, and no word of it.
func TestTheLogHasNoTexts(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, Options{Access: slog.New(slog.NewJSONHandler(&log, nil))}, "plain")
	ask(s, "/embed", `{"inputs":["the secret film","rain"]}`)
	ask(s, "/embed", `{"inputs":["the secret film",7]}`)
	ask(s, "/embed", `{"inputs":"rain","the secret film":7}`)
	ask(s, "/nowhere", `{"inputs":"secret"}`)
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 4 || strings.Contains(log.String(), "secret") {
		t.Fatalf("the log: %s", log.String())
	}
	var line struct {
		Status, Texts, Tokens int
		Model                 string
	}
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil || fmt.Sprint(line) != "{200 2 8 plain}" {
		t.Errorf("%s: %v, %v", lines[0], line, err)
	}
}
