package hub

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// bert are the files of a model; contents are lower case, so that a corrupt one differs.
func bert() map[string]string {
	return map[string]string{
		"config.json":       `{"model_type": "bert"}`,
		"vocab.txt":         "[pad]\nhello\n",
		"model.safetensors": strings.Repeat("weights ", 10000),
		"pytorch_model.bin": "not wanted",
		"tf_model.h5":       "not wanted",
	}
}

func TestModelIsFetchedOnce(t *testing.T) {
	server, client := newServer(t, bert())
	client.Token, server.token = "secret", "secret"
	var last int64
	client.Progress = func(file string, done, total int64) {
		if file == "model.safetensors" {
			last = done
		}
	}
	for range 2 {
		folder, err := client.Model(t.Context(), "me/bert")
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(client.Cache, "models--me--bert", "snapshots", commit); folder != want {
			t.Errorf("got folder %s, want %s", folder, want)
		}
		for _, file := range []string{"config.json", "vocab.txt", "model.safetensors"} {
			got, err := os.ReadFile(filepath.Join(folder, file))
			if err != nil || string(got) != server.files[file] {
				t.Errorf("%s: %d bytes, %v", file, len(got), err)
			}
		}
	}
	if len(server.gets) != 3 || server.gets["model.safetensors"] != 1 {
		t.Errorf("fetched %v", server.gets)
	}
	if server.leaked != "" {
		t.Errorf("the token reached another host: %q", server.leaked)
	}
	if last != 80000 {
		t.Errorf("progress ended at %d", last)
	}
	// Without a network the cache is enough, whether we know it or not.
	server.endpoint.Close()
	client.Wait = time.Hour // it is not tried again
	if _, err := client.Model(t.Context(), "me/bert"); err != nil {
		t.Errorf("unreachable: %v", err)
	}
	client.Offline = true
	if _, err := client.Model(t.Context(), "me/bert"); err != nil {
		t.Errorf("offline: %v", err)
	}
	if _, err := client.Model(t.Context(), "me/other"); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "HF_HUB_OFFLINE") {
		t.Errorf("offline and not in the cache: %v", err)
	}
}

// TestNoWayToTheHub: without a network there is an answer at once, and an interruption ends the waiting for a slow one.
func TestNoWayToTheHub(t *testing.T) {
	_, client := newServer(t, bert())
	client.Wait = time.Hour
	for _, address := range []string{"http://127.0.0.1:1", "http://no-such-host.invalid"} {
		_, other := newServer(t, bert())
		other.Endpoint, other.Wait = address, time.Hour
		if _, err := other.Model(t.Context(), "me/bert"); !errors.Is(err, ErrUnreachable) || strings.Contains(err.Error(), "Head ") {
			t.Errorf("%s: %v", address, err)
		}
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	client.Endpoint = "http://" + silent.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if asked, err := silent.Accept(); err == nil {
			defer asked.Close()
		}
		cancel()
	}()
	if _, err := client.Model(ctx, "me/bert"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCutsAreResumed(t *testing.T) {
	server, client := newServer(t, bert())
	if _, err := client.File(t.Context(), Repo{"me/bert", "main"}, "config.json"); err != nil {
		t.Fatal(err)
	}
	server.faults, server.cuts = 2, 1
	if _, err := client.File(t.Context(), Repo{"me/bert", "main"}, "model.safetensors"); err != nil {
		t.Fatal(err)
	}
	if len(server.ranges) != 1 || server.ranges[0] != "bytes=40000-" {
		t.Errorf("asked for %q", server.ranges)
	}
}

func TestShardsAreFetched(t *testing.T) {
	files := bert()
	delete(files, "model.safetensors")
	files["model.safetensors.index.json"] = `{"weight_map": {"a": "one.safetensors", "b": "two.safetensors", "c": "one.safetensors"}}`
	files["one.safetensors"], files["two.safetensors"] = "one", "two"
	server, client := newServer(t, files)
	if _, err := client.Model(t.Context(), "me/bert@main"); err != nil {
		t.Fatal(err)
	}
	if server.gets["one.safetensors"] != 1 || server.gets["two.safetensors"] != 1 {
		t.Errorf("fetched %v", server.gets)
	}
	server.files["model.safetensors.index.json"] = `{"weight_map": {"a": "../../../evil"}}`
	client.Cache = t.TempDir()
	if _, err := client.Model(t.Context(), "me/bert"); err == nil || !strings.Contains(err.Error(), "outside") {
		t.Errorf("got %v", err)
	}
}

func TestConcurrentFetchesShareOne(t *testing.T) {
	server, client := newServer(t, bert())
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := client.Model(t.Context(), "me/bert"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if server.gets["model.safetensors"] != 1 {
		t.Errorf("fetched %v", server.gets)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name, model, says string
		sabotage          func(*server, *Client)
	}{
		{"gated", "me/bert", "is gated", func(s *server, _ *Client) { s.token = "other" }},
		{"forbidden", "me/bert", "is gated", func(s *server, _ *Client) { s.refuse = 403 }},
		{"unknown", "me/brt", "does not exist", nil},
		{"revision", "me/bert@v9", `no revision "v9"`, nil},
		{"no name", "me/bert/x", "owner/name", nil},
		{"escape", "../bert", "owner/name", nil},
		{"no config", "me/bert", "not in the repository", func(s *server, _ *Client) { delete(s.files, "config.json") }},
		{"no weights", "me/bert", "not in the repository", func(s *server, _ *Client) {
			delete(s.files, "model.safetensors")
			delete(s.files, "pytorch_model.bin")
		}},
		{"corrupt", "me/bert", "checksum", func(s *server, _ *Client) { s.corrupt = true }},
		{"always down", "me/bert", "503", func(s *server, _ *Client) { s.faults = 1000 }},
		{"always cut", "me/bert", "after 11 of 22 bytes", func(s *server, c *Client) { s.cuts, c.Attempts = 1000, 2 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, client := newServer(t, bert())
			if test.sabotage != nil {
				test.sabotage(server, client)
			}
			if _, err := client.Model(t.Context(), test.model); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
}

func TestCancelling(t *testing.T) {
	server, client := newServer(t, bert())
	server.faults = 1000
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Model(ctx, "me/bert"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Python finds what we fetched, offline, and we find what Python fetched.
func TestCacheIsSharedWithPython(t *testing.T) {
	python := os.Getenv("GOBERT_PYTHON")
	if python == "" {
		t.Skip("GOBERT_PYTHON names no Python with huggingface_hub")
	}
	run := func(env string) string {
		t.Helper()
		command := exec.Command(python, "-c", `
from huggingface_hub import hf_hub_download
for name in ["config.json", "model.safetensors"]:
    print(hf_hub_download("me/bert", name))`)
		command.Env = append(os.Environ(), env, "HF_HUB_DISABLE_XET=1")
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	server, client := newServer(t, bert())
	folder, err := client.Model(t.Context(), "me/bert")
	if err != nil {
		t.Fatal(err)
	}
	if out := run("HF_HUB_OFFLINE=1"); !strings.Contains(out, filepath.Join(folder, "model.safetensors")) {
		t.Errorf("Python found %s", out)
	}
	client.Cache = filepath.Join(t.TempDir(), "hub")
	run("HF_HUB_CACHE=" + client.Cache)
	gets := server.gets["model.safetensors"]
	if _, err := client.Model(t.Context(), "me/bert"); err != nil {
		t.Error(err)
	}
	if gets != 2 || server.gets["model.safetensors"] != gets {
		t.Errorf("Python's copy was not used: %v", server.gets)
	}
}
