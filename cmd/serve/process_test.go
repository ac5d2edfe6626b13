package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"gobert/internal/badinput"
)

// started is the command as a process that listens.
func started(t *testing.T, args ...string) (cmd *exec.Cmd, url string) {
	t.Helper()
	program, err := exec.LookPath("serve")
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(program, append(args, "--device", "cpu", "--threads", "1")...)
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "OMP_NUM_THREADS=1")
	talk, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines, said := bufio.NewScanner(talk), ""
	for lines.Scan() {
		said += lines.Text() + "\n"
		if found := regexp.MustCompile(`listening on (\S+)`).FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, talk) }()
			return cmd, found[1]
		}
	}
	t.Fatalf("it does not listen: %s", said)
	return nil, ""
}

func tiny(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "tiny")
	if err := badinput.WriteTiny(folder); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestEndsWell: a process that gets SIGTERM while clients ask answers all that it took, and ends with code 0. Its log has a line for
// each answer.
func TestEndsWell(t *testing.T) {
	log := filepath.Join(t.TempDir(), "access.jsonl")
	cmd, url := started(t, "words="+tiny(t), "--listen", "127.0.0.1:0", "--access-log", log)
	var answered atomic.Int32
	var group sync.WaitGroup
	signalled := make(chan struct{})
	for range 8 {
		group.Go(func() {
			for {
				r, err := http.Post(url+"/embed", "application/json", strings.NewReader(`{"inputs":"it was good"}`))
				if err != nil { // A connection that the server has not taken is no lost request.
					select {
					case <-signalled:
					default:
						t.Error(err)
					}
					return
				}
				text, err := io.ReadAll(r.Body)
				r.Body.Close()
				if err != nil || r.StatusCode != http.StatusOK {
					t.Errorf("%d %s %v", r.StatusCode, text, err)
					return
				}
				if answered.Add(1) == 40 {
					close(signalled)
					_ = cmd.Process.Signal(syscall.SIGTERM)
				}
			}
		})
	}
	group.Wait()
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	text, err := os.ReadFile(log)
	if n := strings.Count(string(text), `"status":200`); err != nil || n != int(answered.Load()) {
		t.Errorf("%d lines for %d answers, %v", n, answered.Load(), err)
	}
}

// TestSocketOfTheCommand: a socket is listened on, and is gone with the process.
func TestSocketOfTheCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	cmd, url := started(t, tiny(t), "--listen", "unix:"+path)
	if url != "unix:"+path {
		t.Errorf("listening on %s", url)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", path) }}}
	r, err := client.Get("http://server/info")
	if err != nil {
		t.Fatal(err)
	}
	var info struct {
		Name string `json:"served_model_name"`
	}
	if err := json.NewDecoder(r.Body).Decode(&info); err != nil || info.Name != "tiny" {
		t.Errorf("%v %v", info, err)
	}
	r.Body.Close()
	client.CloseIdleConnections()
	_ = cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket is still there")
	}
}

// TestTraces: a collector gets spans of a request's way, and one that is not there harms nobody.
func TestTraces(t *testing.T) {
	got := make(chan string, 16)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		got <- r.URL.Path + " " + string(text)
	}))
	defer collector.Close()
	for _, to := range []string{collector.URL, "http://127.0.0.1:1"} {
		cmd, url := started(t, "words="+tiny(t), "--listen", "127.0.0.1:0", "--traces", to)
		r, err := http.Post(url+"/embed", "application/json", strings.NewReader(`{"inputs":"it was good"}`))
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%v %v", r, err)
		}
		r.Body.Close()
		http.DefaultClient.CloseIdleConnections()
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	spans := <-got
	for _, name := range []string{"/v1/traces", "gobert", "POST /embed", "queue", "forward embed"} {
		if !strings.Contains(spans, name) {
			t.Errorf("the spans lack %q: %q", name, spans)
		}
	}
}
