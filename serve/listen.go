package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"gobert/internal/fault"
)

// Listening says where a server listens, and for how long it waits for whom.
type Listening struct {
	Addresses []string    // "host:port", or "unix:PATH" of a socket
	TLS       *tls.Config // nil: plain HTTP
	Header    time.Duration
	Body      time.Duration // for header and body together
	Idle      time.Duration // between two requests
	Delay     time.Duration // how long requests are still taken after the server says that it is not ready any more
	Drain     time.Duration // how long it waits then for those that are at work

	Begun func(addresses []net.Addr) // is called when all addresses can be reached
}

// Run answers on all addresses until the context ends. Then it says that it is not ready, answers what comes for a while, takes
// nothing more, answers what it has, and returns nil; an error where there was not enough time for that.
func (s *Server) Run(ctx context.Context, l Listening) error {
	var listeners []net.Listener
	var addresses []net.Addr
	for _, address := range l.Addresses {
		listener, err := listen(address)
		if err != nil {
			for _, other := range listeners {
				_ = other.Close() // it was never used
			}
			return err
		}
		addresses = append(addresses, listener.Addr())
		if l.TLS != nil && listener.Addr().Network() != "unix" {
			listener = tls.NewListener(listener, l.TLS)
		}
		listeners = append(listeners, listener)
	}
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: l.Header, ReadTimeout: l.Body, IdleTimeout: l.Idle,
		WriteTimeout: l.Body + s.options.Timeout, MaxHeaderBytes: http.DefaultMaxHeaderBytes + mostHeader,
		ErrorLog: slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, len(listeners))
	for _, listener := range listeners {
		go func() {
			failed <- fault.Caught(func() error { return server.Serve(listener) })
		}()
	}
	if l.Begun != nil {
		l.Begun(addresses)
	}
	s.SetReady(true)
	select {
	case err := <-failed:
		return errors.Join(err, server.Close())
	case <-ctx.Done():
	}
	s.SetReady(false)
	time.Sleep(l.Delay)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.Drain)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return errors.Join(fault.New("serve: requests were still at work %v after the end was wanted: they were cut off", l.Drain).
			Advise("a longer {drain-timeout}"), server.Close())
	}
	return nil
}

// listen opens an address. A socket's file that nobody listens on any more is replaced.
func listen(address string) (net.Listener, error) {
	path, unix := strings.CutPrefix(address, "unix:")
	if !unix {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return nil, fault.New("serve: %w", err).Advise("another {listen}")
		}
		return listener, nil
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		switch other, err := net.Dial("unix", path); {
		case err == nil:
			return nil, errors.Join(fault.New("serve: another process listens on %s", path), other.Close())
		case !errors.Is(err, syscall.ECONNREFUSED): // somebody may listen who has no time, or no right for us
			return nil, fault.New("serve: is another process listening on %s? %w", path, err).Advise("another {listen}, or remove the file")
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fault.New("serve: %w", err).Advise("another {listen}")
	}
	return listener, nil
}
