package serve

import (
	"net/http"
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
