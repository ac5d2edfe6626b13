package serve

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestClients: the official Python clients of OpenAI, Triton, KServe, Cohere and Hugging Face work unchanged.
func TestClients(t *testing.T) {
	python := os.Getenv("GOBERT_PYTHON")
	if python == "" {
		t.Skip("GOBERT_PYTHON is not set")
	}
	s := newServer(t, Options{Keys: []string{"one"}}, everyModel...)
	address, _ := running(t, s, Listening{})
	text, err := exec.Command(python, filepath.Join("testdata", "clients.py"), "http://"+address, "plain", "labels", "one").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, name := range []string{"openai", "triton", "kserve", "cohere", "huggingface"} {
		if !strings.Contains(string(text), name+" ok") {
			t.Skipf("a client is not installed: %s", text)
		}
	}
}

// TestNodeClient: so does OpenAI's for Node. GOBERT_NODE is a folder where it was installed with npm.
func TestNodeClient(t *testing.T) {
	folder := os.Getenv("GOBERT_NODE")
	if folder == "" {
		t.Skip("GOBERT_NODE is not set")
	}
	program, err := os.ReadFile(filepath.Join("testdata", "clients.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, Options{Keys: []string{"one"}}, "plain", "labels")
	address, _ := running(t, s, Listening{})
	cmd := exec.Command("node", "--input-type=module", "-", "http://"+address, "plain", "labels", "one")
	cmd.Dir, cmd.Stdin = folder, bytes.NewReader(program)
	if text, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(text), "openai ok") {
		t.Fatalf("%v\n%s", err, text)
	}
}

// TestPublishedExamples: the requests of text-embeddings-inference's README are answered as its schema says.
func TestPublishedExamples(t *testing.T) {
	s := newServer(t, Options{}, "plain", "labels", "ranks")
	for _, c := range []struct{ path, body, begins string }{
		{"/embed", `{"inputs":"What is Deep Learning?"}`, `[[`},
		{"/embed", `{"inputs":["What is Deep Learning?","What is Machine Learning?"],"normalize":true,"prompt_name":null,"truncate":false}`, `[[`},
		{"/rerank", `{"query": "What is Deep Learning?", "texts": ["Deep Learning is not...", "Deep learning is..."],"model":"ranks"}`, `[{"index":`},
		{"/predict", `{"inputs":"I like you.","model":"labels"}`, `[{"score":`},
		{"/predict", `{"inputs":[["I like you."],["I hate pineapples"]],"model":"labels"}`, `[[{"score":`},
		{"/v1/embeddings", `{"input":"What is Deep Learning?","model":"plain","user":null,"encoding_format":"float"}`, `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[`},
		{"/similarity", `{"inputs":{"source_sentence":"What is Deep Learning?","sentences":["What is Machine Learning?"]},"parameters":null}`, `[`},
		{"/tokenize", `{"inputs":"test","add_special_tokens":true,"prompt_name":null}`, `[[{"id":`},
		{"/decode", `{"ids":[2,3],"skip_special_tokens":true}`, `[""]`},
	} {
		if status, answer := ask(s, c.path, c.body); status != http.StatusOK || !strings.HasPrefix(answer, c.begins) {
			t.Errorf("%s %s: %d %s", c.path, c.body, status, answer)
		}
	}
}

// TestPrometheusScrapes: a real Prometheus finds our metrics.
func TestPrometheusScrapes(t *testing.T) {
	program, err := exec.LookPath("prometheus")
	if err != nil {
		t.Skip("there is no prometheus on this machine")
	}
	s := newServer(t, Options{}, "plain")
	ask(s, "/embed", `{"inputs":"rain"}`)
	address, _ := running(t, s, Listening{})
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	yaml := "scrape_configs:\n- job_name: gobert\n  scrape_interval: 1s\n  static_configs:\n  - targets: ['" + address + "']\n"
	if err := os.WriteFile(config, []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	const at = "127.0.0.1:19091"
	cmd := exec.Command(program, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+at)
	var talk bytes.Buffer
	cmd.Stderr = &talk
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(500 * time.Millisecond) {
		var found struct {
			Data struct {
				Result []struct{ Value []any }
			}
		}
		r, err := http.Get("http://" + at + "/api/v1/query?query=gobert_tokens_total")
		if err == nil {
			err = json.NewDecoder(r.Body).Decode(&found)
			r.Body.Close()
		}
		if err == nil && len(found.Data.Result) == 1 && found.Data.Result[0].Value[1] == "3" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v, %v\n%s", found, err, talk.String())
		}
	}
}

// TestMetrics: what is counted is what was asked.
func TestMetrics(t *testing.T) {
	s := newServer(t, Options{}, "plain")
	ask(s, "/embed", `{"inputs":["rain","sun"]}`)
	ask(s, "/embed", `{"inputs":[]}`)
	ask(s, "/secret/path", `{}`)
	_, text := ask(s, "/metrics", "")
	for _, line := range []string{
		`gobert_requests_total{route="/embed",status="200"} 1`, `gobert_requests_total{route="/embed",status="422"} 1`, `gobert_requests_total{route="other",status="404"} 1`,
		`gobert_texts_total{model="plain"} 2`, `gobert_tokens_total{model="plain"} 6`, `gobert_queue_tokens{model="plain"} 0`,
		`gobert_request_seconds_count{route="/embed"} 2`, `process_resident_memory_bytes`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("there is no %s", line)
		}
	}
}

// TestPageAndDocs: the pages are there and ask nobody else.
func TestPageAndDocs(t *testing.T) {
	s := newServer(t, Options{}, "plain")
	for _, path := range []string{"/", "/docs", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		text, _ := io.ReadAll(w.Body)
		if w.Code != http.StatusOK || len(text) < 500 {
			t.Errorf("%s: %d, %d bytes", path, w.Code, len(text))
		}
		if path != "/docs/swagger-ui-bundle.js" && path != "/docs/swagger-ui.css" && bytes.Contains(text, []byte("://")) && bytes.Contains(text, []byte(`src="http`)) {
			t.Errorf("%s loads something from elsewhere", path)
		}
	}
	status, text := ask(s, "/openapi.json", "")
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil || status != http.StatusOK || document.OpenAPI != "3.1.0" || len(document.Paths) < 20 {
		t.Errorf("the document: %d %v %.200s", status, err, text)
	}
}
