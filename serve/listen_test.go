package serve

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gobert/internal/badinput"
)

// running is a server that listens until end is called; that gives what Run gave.
func running(t *testing.T, s *Server, l Listening) (address string, end func() error) {
	t.Helper()
	begun := make(chan string, 1)
	if len(l.Addresses) == 0 {
		l.Addresses = []string{"127.0.0.1:0"}
	}
	l.Begun = func(list []net.Addr) { begun <- list[0].String() }
	for _, d := range []*time.Duration{&l.Header, &l.Body, &l.Idle, &l.Drain} {
		if *d == 0 {
			*d = 20 * time.Second
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, l) }()
	select {
	case address = <-begun:
	case err := <-done:
		t.Fatal(err)
	}
	end = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { _ = end() })
	return address, end
}

func send(client *http.Client, url, body string) (int, string, error) {
	r, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	return r.StatusCode, string(text), err
}

// TestDrain: when the end is wanted, health says no at once, requests are taken for a while longer, and those at work are answered.
func TestDrain(t *testing.T) {
	s := newServer(t, Options{}, "labels")
	until := make(chan struct{})
	slow(s, "labels", until)
	address, end := running(t, s, Listening{Delay: 300 * time.Millisecond})
	answers := make(chan error, 2)
	ask := func() {
		code, text, err := send(http.DefaultClient, "http://"+address+"/predict", `{"inputs":"rain"}`)
		if err == nil && code != http.StatusOK {
			err = fmt.Errorf("%d %s", code, text)
		}
		answers <- err
	}
	go ask()
	ended := make(chan error, 1)
	time.Sleep(100 * time.Millisecond)
	go func() { ended <- end() }()
	time.Sleep(100 * time.Millisecond)
	if r, err := http.Get("http://" + address + "/health"); err != nil || r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("health while it drains: %v, %v", r, err)
	}
	go ask() // it comes after the signal, and before clients can know of it
	time.Sleep(400 * time.Millisecond)
	select {
	case err := <-ended:
		t.Fatalf("it ended before its requests were answered: %v", err)
	default:
	}
	close(until)
	for range 2 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("it still listens")
	}
}

// TestDrainHasAnEnd: requests that do not end are cut off, and that is told.
func TestDrainHasAnEnd(t *testing.T) {
	s := newServer(t, Options{}, "labels")
	until := make(chan struct{})
	defer close(until)
	slow(s, "labels", until)
	address, end := running(t, s, Listening{Drain: 100 * time.Millisecond})
	go send(http.DefaultClient, "http://"+address+"/predict", `{"inputs":"rain"}`)
	time.Sleep(200 * time.Millisecond)
	if err := end(); err == nil || !strings.Contains(err.Error(), "still at work") {
		t.Errorf("%v", err)
	}
}

// TestALongRequest: the time for a body to come is not that for the answer, and a client that waits has not left. Loading has its own time.
func TestALongRequest(t *testing.T) {
	s := newServer(t, Options{Control: true}, "labels")
	until := make(chan struct{})
	slow(s, "labels", until)
	address, _ := running(t, s, Listening{Body: 200 * time.Millisecond})
	time.AfterFunc(600*time.Millisecond, func() { close(until) })
	if code, text, err := send(http.DefaultClient, "http://"+address+"/predict", `{"inputs":"rain"}`); err != nil || code != http.StatusOK {
		t.Errorf("%d %s %v", code, text, err)
	}
	hurried := New(Options{Control: true, Timeout: 100 * time.Millisecond})
	defer hurried.Close()
	address, _ = running(t, hurried, Listening{Body: 100 * time.Millisecond})
	for verb, body := range map[string]string{"load": `{"parameters":{"folder":"` + folder(t, "labels") + `"}}`, "unload": "{}"} {
		if verb == "unload" {
			if err := hurried.Load(t.Context(), folder(t, "labels"), "a"); err != nil {
				t.Fatal(err)
			}
		}
		hurried.loading.Lock() // another model is loaded
		time.AfterFunc(500*time.Millisecond, hurried.loading.Unlock)
		if code, text, err := send(http.DefaultClient, "http://"+address+"/v2/repository/models/a/"+verb, body); err != nil || code != http.StatusOK {
			t.Errorf("%s: %d %s %v", verb, code, text, err)
		}
	}
}

// TestAnotherProcessKeepsItsSocket: a socket that does not answer at once may be somebody's, and is left alone.
func TestAnotherProcessKeepsItsSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	packets, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"}) // it is no stream: connecting fails, and not because nobody is there
	if err != nil {
		t.Fatal(err)
	}
	defer packets.Close()
	if _, err := listen("unix:" + path); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("%v", err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the socket is gone: %v", err)
	}
}

// TestSocketAndTLS: a Unix socket is listened on, and taken over from a process that is gone; HTTPS works beside it.
func TestSocketAndTLS(t *testing.T) {
	certificate, key, err := badinput.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "s")
	dead, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	dead.(*net.UnixListener).SetUnlinkOnClose(false)
	dead.Close()
	s := newServer(t, Options{}, "plain")
	address, _ := running(t, s, Listening{Addresses: []string{"127.0.0.1:0", "unix:" + path}, TLS: &tls.Config{Certificates: []tls.Certificate{pair}}})
	socket := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", path) }}}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(certificate))
	_, port, _ := net.SplitHostPort(address)
	secret := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	for url, client := range map[string]*http.Client{"http://server/embed": socket, "https://localhost:" + port + "/embed": secret} {
		if code, text, err := send(client, url, `{"inputs":"rain"}`); err != nil || code != http.StatusOK {
			t.Errorf("%s: %d %s %v", url, code, text, err)
		}
	}
	if _, err := listen("unix:" + path); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a socket that is in use: %v", err)
	}
}

// TestBadClients: many clients that send nothing, half, garbage, too much, or leave, are got rid of; nobody else notices, and neither
// goroutines nor work are left of them.
func TestBadClients(t *testing.T) {
	s := newServer(t, Options{}, "labels")
	address, end := running(t, s, Listening{Header: 2 * time.Second, Body: 3 * time.Second})
	before := runtime.NumGoroutine()
	request := "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 17\r\n"
	kinds := []func(c net.Conn) string{
		func(net.Conn) string { return "" },
		func(c net.Conn) string { io.WriteString(c, request); return "" },
		func(c net.Conn) string { io.WriteString(c, request+"\r\n{\"inp"); return "408" },
		func(c net.Conn) string {
			io.WriteString(c, request+"\r\n{\"inp")
			c.(*net.TCPConn).CloseWrite()
			return "400"
		},
		func(c net.Conn) string {
			io.WriteString(c, request+"\r\n{\"inputs\":\"rain\"}")
			c.(*net.TCPConn).CloseWrite()
			return ""
		},
		func(c net.Conn) string { io.WriteString(c, request+"\r\n{\"inputs\":\"rain\"}"); c.Close(); return "" },
		func(c net.Conn) string { io.WriteString(c, "\x00\x01garbage\r\n\r\n"); return "400" },
		func(c net.Conn) string {
			io.WriteString(c, request+"X: "+strings.Repeat("x", 1<<20)+"\r\n\r\n{\"inputs\":\"rain\"}")
			return "431"
		},
		func(c net.Conn) string {
			io.WriteString(c, "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
			return "400"
		},
	}
	var group sync.WaitGroup
	clients, answered := 180, make([]atomic.Int32, len(kinds))
	if os.Getenv("GOBERT_LONG") != "" {
		clients = 1000
	}
	for i := range clients {
		group.Go(func() {
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			want := kinds[i%len(kinds)](c)
			c.SetReadDeadline(time.Now().Add(20 * time.Second))
			line, err := bufio.NewReader(c).ReadString('\n')
			if want != "" && strings.Contains(line, want) {
				answered[i%len(kinds)].Add(1)
			} else if want != "" && line != "" { // on a busy machine a client may be too late with its header: then it gets nothing
				t.Errorf("kind %d: %q %v, expected %s", i%len(kinds), line, err, want)
			}
		})
	}
	for range 20 {
		if code, text, err := send(http.DefaultClient, "http://"+address+"/predict", `{"inputs":"it was good"}`); err != nil || code != http.StatusOK {
			t.Errorf("a good client: %d %s %v", code, text, err)
		}
	}
	group.Wait()
	for _, kind := range []int{2, 3, 6, 7, 8} {
		if answered[kind].Load() == 0 {
			t.Errorf("no client of kind %d was told what is wrong", kind)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before {
		text := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after\n%s", before, after, text[:runtime.Stack(text, true)])
	}
	if err := end(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}
