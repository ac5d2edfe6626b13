package serve

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestReplaceLosesNothing: while clients ask, a model is replaced again and again, by another one, and by garbage. Every answer is that
// of one of the two models, and none fails.
func TestReplaceLosesNothing(t *testing.T) {
	s := newServer(t, Options{Control: true}, "labels")
	garbage := t.TempDir()
	if err := os.WriteFile(filepath.Join(garbage, "config.json"), []byte(`{"model_type":"bert"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	var done atomic.Bool
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for !done.Load() {
				if status, answer := ask(s, "/predict", `{"model":"labels","inputs":"it was good"}`); status != http.StatusOK {
					t.Errorf("while models change: %d %s", status, answer)
					return
				}
			}
		})
	}
	for i := range 6 {
		to := []string{"topics", "labels"}[i%2]
		if status, answer := ask(s, "/v2/repository/models/labels/load", `{"parameters":{"folder":"`+folder(t, to)+`"}}`); status != http.StatusOK {
			t.Fatalf("replacing: %d %s", status, answer)
		}
		if status, answer := ask(s, "/v2/repository/models/labels/load", `{"parameters":{"folder":"`+garbage+`"}}`); status != http.StatusBadRequest || !strings.Contains(answer, "error") {
			t.Errorf("garbage: %d %s", status, answer)
		}
	}
	done.Store(true)
	group.Wait()
	if status, _ := ask(s, "/v2/repository/models/labels/unload", `{}`); status != http.StatusOK {
		t.Errorf("unloading: %d", status)
	}
	if status, _ := ask(s, "/predict", `{"inputs":"rain"}`); status != http.StatusNotFound {
		t.Errorf("an unloaded model: %d", status)
	}
	if status, answer := ask(s, "/v2/repository/index", `{}`); status != http.StatusOK || !strings.Contains(answer, "UNAVAILABLE") {
		t.Errorf("the index: %d %s", status, answer)
	}
	if status, _ := ask(s, "/health", ""); status != http.StatusServiceUnavailable {
		t.Errorf("health without models: %d", status)
	}
	if status, answer := ask(s, "/v2/repository/models/labels/load", `{}`); status != http.StatusOK {
		t.Errorf("loading again: %d %s", status, answer)
	}
	if status, answer := ask(s, "/v2/repository/models/none/load", `{}`); status != http.StatusUnprocessableEntity || !strings.Contains(answer, "parameters.folder") {
		t.Errorf("loading nothing: %d %s", status, answer)
	}
}

// TestPagesChangeNoModels: a browser sends what a page of anybody asks it to, and that changes nothing.
func TestPagesChangeNoModels(t *testing.T) {
	s := newServer(t, Options{Control: true, Origins: []string{"https://ours.example"}, Hosts: []string{"example.com"}}, "labels")
	for _, c := range []struct {
		origin, site string
		status       int
	}{
		{"", "", 200},
		{"http://example.com", "", 200},
		{"http://example.com", "same-origin", 200},
		{"https://ours.example", "cross-site", 200},
		{"https://other.example", "", 403},
		{"null", "", 403},
		{"", "cross-site", 403},
	} {
		r := httptest.NewRequest(http.MethodPost, "/v2/repository/models/labels/load", strings.NewReader(`{}`)) // to example.com
		for name, value := range map[string]string{"Origin": c.origin, "Sec-Fetch-Site": c.site} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%+v: %d %s", c, w.Code, w.Body)
		}
	}
}

// TestNamesOfOthersChangeNoModels: a page whose name leads here is of the same origin for its browser, and changes nothing either.
func TestNamesOfOthersChangeNoModels(t *testing.T) {
	s := newServer(t, Options{Control: true, Hosts: []string{"gpu-box"}}, "labels")
	keyed := newServer(t, Options{Control: true, Keys: []string{"k"}}, "labels")
	change := func(s *Server, ctx context.Context, host, what string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/v2/repository/models/labels/"+what, strings.NewReader(`{}`))
		r.Host = host
		r.Header.Set("Origin", "http://"+host)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Authorization", "Bearer k")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for host, status := range map[string]int{
		"localhost": 200, "LocalHost:8080": 200, "api.localhost:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "[::1]": 200, "10.0.0.7": 200,
		"gpu-box": 200, "GPU-box:8080": 200, "localhost.": 200,
		"evil.example": 403, "evil.example:8080": 403, "localhost.evil.example": 403, "notlocalhost": 403, "127.0.0.1.evil.example": 403, "": 403,
	} {
		w := change(s, t.Context(), host, "load")
		if _, text := problemIn(w.Body.String()); w.Code != status || status == 403 && !strings.Contains(text, "localhost") {
			t.Errorf("%q: %d %s", host, w.Code, w.Body)
		}
	}
	if w := change(s, t.Context(), "evil.example", "unload"); w.Code != 403 {
		t.Errorf("unloading: %d %s", w.Code, w.Body)
	}
	socket := context.WithValue(t.Context(), http.LocalAddrContextKey, &net.UnixAddr{Net: "unix", Name: "s"})
	if w := change(s, socket, "anything", "load"); w.Code != 200 {
		t.Errorf("a socket: %d %s", w.Code, w.Body)
	}
	if w := change(keyed, t.Context(), "models.example", "load"); w.Code != 200 {
		t.Errorf("with a key: %d %s", w.Code, w.Body)
	}
}

// TestNothingIsLoadedAfterTheEnd: neither what is being loaded when the end comes, nor what comes later, is left behind.
func TestNothingIsLoadedAfterTheEnd(t *testing.T) {
	for range 4 {
		s := New(Options{Control: true})
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() { ask(s, "/v2/repository/models/a/load", `{"parameters":{"folder":"`+folder(t, "labels")+`"}}`) })
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		group.Wait()
		if n := len(s.models()); n > 0 {
			t.Fatalf("%d models after the end", n)
		}
	}
}

// TestTheFolderIsReadOnce: what a folder says of its vectors holds, whatever becomes of the folder before somebody asks otherwise.
func TestTheFolderIsReadOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "plain")
	if err := os.CopyFS(dir, os.DirFS(folder(t, "plain"))); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"modules.json":          `[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]`,
		"1_Pooling/config.json": `{"word_embedding_dimension":16,"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}`,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := newServer(t, Options{})
	if err := s.Load(t.Context(), dir, "plain"); err != nil {
		t.Fatal(err)
	}
	const body = `{"inputs":"it was very good","normalize":true}`
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	_, got := ask(s, "/embed", body)
	whole := newServer(t, Options{}, "plain")
	if _, mean := ask(whole, "/embed", body); got == mean || !strings.HasPrefix(got, "[[") {
		t.Errorf("the vector of a folder that is gone, which pools [CLS], is %s; the mean is %s", got, mean)
	}
}

// TestNames: a model has as many names as are wanted, and no two have the same.
func TestNames(t *testing.T) {
	s := newServer(t, Options{})
	if err := s.Load(t.Context(), folder(t, "plain"), "plain", "text-embedding-3-small"); err != nil {
		t.Fatal(err)
	}
	if err := s.Load(t.Context(), folder(t, "labels"), "labels", "text-embedding-3-small"); err == nil || !strings.Contains(err.Error(), "text-embedding-3-small") {
		t.Errorf("two models of one name: %v", err)
	}
	if status, answer := ask(s, "/v1/embeddings", `{"model":"text-embedding-3-small","input":"rain"}`); status != http.StatusOK || !strings.Contains(answer, `"model":"plain"`) {
		t.Errorf("another name: %d %s", status, answer)
	}
}

// TestAFileThatIsCutHarmsNobody: somebody writes over the weights of a model that is served, in place.
func TestAFileThatIsCutHarmsNobody(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "labels")
	if err := os.CopyFS(dir, os.DirFS(folder(t, "labels"))); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, Options{Control: true})
	if err := s.Load(t.Context(), dir, "labels"); err != nil {
		t.Fatal(err)
	}
	_, before := ask(s, "/predict", `{"inputs":"it was very good"}`)
	for name, text := range map[string]string{"model.safetensors": "", "config.json": "{", "vocab.txt": "\xff", "tokenizer.json": "[]"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil { // it cuts the file first
			t.Fatal(err)
		}
	}
	if status, after := ask(s, "/predict", `{"inputs":"it was very good"}`); status != http.StatusOK || after != before {
		t.Errorf("%d %s, before %s", status, after, before)
	}
	if status, answer := ask(s, "/v2/repository/models/labels/load", `{}`); status != http.StatusBadRequest || !strings.Contains(answer, `"error":"`) {
		t.Errorf("loading garbage: %d %s", status, answer)
	}
	if status, after := ask(s, "/predict", `{"inputs":"it was very good"}`); status != http.StatusOK || after != before {
		t.Errorf("after that: %d %s, before %s", status, after, before)
	}
}
