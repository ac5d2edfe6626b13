package hub

import (
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// A server speaks the hub's protocol: it answers HEAD with what a file is, sends large files
// (*.safetensors, *.bin) from another host, and can misbehave.
type server struct {
	mu       sync.Mutex
	files    map[string]string
	token    string // required if not empty
	refuse   int    // status that every request gets, if not 0
	faults   int    // requests to answer with 503 first
	cuts     int    // bodies to cut in the middle
	corrupt  bool   // send other bytes than promised
	gets     map[string]int
	ranges   []string
	leaked   string // authorization that reached the other host
	endpoint *httptest.Server
	storage  *httptest.Server
}

func newServer(t *testing.T, files map[string]string) (*server, *Client) {
	t.Helper()
	s := &server{files: files, gets: map[string]int{}}
	s.endpoint = httptest.NewServer(http.HandlerFunc(s.resolve))
	s.storage = httptest.NewServer(http.HandlerFunc(s.send))
	// Python takes another port of the same name for the same host.
	s.storage.URL = strings.Replace(s.storage.URL, "127.0.0.1", "localhost", 1)
	t.Cleanup(s.endpoint.Close)
	t.Cleanup(s.storage.Close)
	t.Setenv("HF_HOME", t.TempDir())
	t.Setenv("HF_ENDPOINT", s.endpoint.URL+"/")
	for _, name := range []string{"HF_TOKEN", "HF_TOKEN_PATH", "HF_HUB_CACHE", "HF_HUB_OFFLINE"} {
		t.Setenv(name, "") // to be put back at the end
		os.Unsetenv(name)
	}
	client, err := FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	client.Wait = time.Millisecond
	return s, client
}

// resolve answers /{owner}/{name}/resolve/{revision}/{file}.
func (s *server) resolve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	refuse, token := s.refuse, s.token
	fault := s.faults > 0
	s.faults--
	s.mu.Unlock()
	repo, place, _ := strings.Cut(r.URL.Path, "/resolve/")
	revision, file, _ := strings.Cut(place, "/")
	content, ok := s.files[file]
	switch {
	case refuse != 0:
		w.WriteHeader(refuse)
		return
	case fault:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case token != "" && r.Header.Get("Authorization") != "Bearer "+token:
		w.Header().Set("X-Error-Code", "GatedRepo")
		w.WriteHeader(http.StatusUnauthorized)
		return
	case repo != "/me/bert":
		w.Header().Set("X-Error-Code", "RepoNotFound")
		w.WriteHeader(http.StatusUnauthorized)
		return
	case revision != "main" && revision != commit:
		w.Header().Set("X-Error-Code", "RevisionNotFound")
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("X-Repo-Commit", commit)
	if !ok {
		w.Header().Set("X-Error-Code", "EntryNotFound")
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if strings.HasSuffix(file, ".safetensors") || strings.HasSuffix(file, ".bin") {
		w.Header().Set("X-Linked-Etag", fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(content))))
		w.Header().Set("X-Linked-Size", strconv.Itoa(len(content)))
		w.Header().Set("Location", s.storage.URL+"/"+file)
		w.WriteHeader(http.StatusFound)
		return
	}
	w.Header().Set("ETag", fmt.Sprintf(`W/"%x"`, sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content))))
	s.send(w, r)
}

// send sends a file, or the end of one.
func (s *server) send(w http.ResponseWriter, r *http.Request) {
	file := strings.TrimPrefix(r.URL.Path, "/")
	if _, place, ok := strings.Cut(r.URL.Path, "/resolve/"); ok {
		_, file, _ = strings.Cut(place, "/")
	}
	content := s.files[file]
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodGet {
		s.gets[file]++
	}
	if r.Host == strings.TrimPrefix(s.storage.URL, "http://") {
		s.leaked += r.Header.Get("Authorization")
	}
	if asked := r.Header.Get("Range"); asked != "" {
		s.ranges = append(s.ranges, asked)
	}
	if s.corrupt {
		content = strings.ToUpper(content)
	}
	if s.cuts > 0 && r.Method == http.MethodGet {
		s.cuts--
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		w.Write([]byte(content[:len(content)/2]))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
}
