package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/heads"
	"gobert/internal/badinput"
	"gobert/internal/torch"
	"gobert/pipeline"
	"gobert/task"
)

// folders are small random models of every kind, made once.
var folders = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "serve")
	if err != nil {
		return "", err
	}
	return dir, writeModels(dir)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := folders(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func writeModels(dir string) error {
	plain := filepath.Join(dir, "plain")
	if err := badinput.WriteTiny(plain); err != nil {
		return err
	}
	for name, o := range map[string]task.Options{
		"labels":  {Kind: task.Classify, Labels: labelled.NewLabels(labelled.Single, []string{"bad", "fair", "good"})},
		"topics":  {Kind: task.Classify, Labels: labelled.NewLabels(labelled.Multi, []string{"film", "book"})},
		"ranks":   {Kind: task.Classify, Labels: labelled.NewLabels(labelled.Regression, []string{"score"})},
		"tags":    {Kind: task.Tag, Labels: labelled.NewLabels(labelled.Single, []string{"O", "B-PER", "I-PER", "B-LOC"})},
		"answers": {Kind: task.Span}, "choices": {Kind: task.Choice},
		"blanks": {Network: func(c *bert.Checkpoint) (bert.Network, error) { return heads.NewPretraining(c.Config) }},
	} {
		if err := writeModel(plain, filepath.Join(dir, name), o); err != nil {
			return err
		}
	}
	return nil
}

// writeModel saves a model with a head that was drawn, widely enough for answers that differ.
func writeModel(from, to string, o task.Options) error {
	o.Seed, o.Warn = 5, func(string) {}
	m, err := task.Open(context.Background(), from, o)
	if err != nil {
		return err
	}
	defer m.Close()
	store, err := bert.Flatten(m.Network, torch.CPU)
	if err != nil {
		return err
	}
	if err := torch.Run(func() error { bert.Initialize(store.Parameters, 0.3, 11); return nil }); err != nil {
		return err
	}
	return bert.Replace(to, func(folder string) error { return m.Write(folder, bert.SaveOptions{}) })
}

// folder is that of one of the small models.
func folder(t testing.TB, name string) string {
	t.Helper()
	dir, err := folders()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// newServer serves some of the small models.
func newServer(t testing.TB, o Options, models ...string) *Server {
	t.Helper()
	s := New(o)
	for _, name := range models {
		if err := s.Load(t.Context(), folder(t, name), name); err != nil {
			t.Fatal(err)
		}
	}
	s.SetReady(true)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask sends a body, and reads the answer.
func ask(s http.Handler, path, body string) (status int, answer string) {
	w := httptest.NewRecorder()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "localhost:8080"
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// askBinary sends tensors behind a header of JSON.
func askBinary(s http.Handler, path string, header, behind []byte) (status int, answer string) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(append(header[:len(header):len(header)], behind...)))
	r.Header.Set(lengthHeader, strconv.Itoa(len(header)))
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// asked sends a value, and reads a value.
func asked[T any](t testing.TB, s http.Handler, path string, body any) (answer T) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	status, got := ask(s, path, string(text))
	if status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", path, text, status, got)
	}
	if err := json.Unmarshal([]byte(got), &answer); err != nil {
		t.Fatalf("%s: %v: %s", path, err, got)
	}
	return answer
}

// opened is the same model without a server.
func opened(t testing.TB, name string, o pipeline.Options) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.Open(t.Context(), folder(t, name), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// sentence is one of many, of very different lengths.
func sentence(i int) string {
	words := strings.Fields("the film was very good it is a poor book who wrote the story Bob lives in Rome Ann went to Paris we like rain")
	n := 1 + i*7%40
	var b bytes.Buffer
	for k := range n {
		fmt.Fprintf(&b, "%s ", words[(i*5+k*3)%len(words)])
	}
	return b.String()
}
