package serve

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/rs/cors"
)

// mostHeader is how many bytes of header a request may have.
const mostHeader = 1 << 16

// around puts what every request goes through around the routes.
func (s *Server) around(next http.Handler) http.Handler {
	next = s.short(next)
	if len(s.options.Origins) > 0 {
		next = cors.New(cors.Options{
			AllowedOrigins: s.options.Origins, AllowedMethods: []string{http.MethodGet, http.MethodPost}, AllowedHeaders: []string{"*"},
		}).Handler(next)
	}
	return s.told(next)
}

// short refuses long headers.
func (s *Server) short(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := len(r.RequestURI)
		for name, values := range r.Header {
			for _, value := range values {
				n += len(name) + len(value)
			}
		}
		if n > mostHeader {
			w.Header().Set("Connection", "close")
			p := problem{status: http.StatusRequestHeaderFieldsTooLarge, kind: invalid, text: fmt.Sprintf("the header has %d bytes, expected %d at most", n, mostHeader)}
			p.write(w, false)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// told measures every request, and writes its line of the log.
func (s *Server) told(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, told := time.Now(), &facts{}
		counted := &counter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(counted, r.WithContext(context.WithValue(r.Context(), factsKey{}, told)))
		took := time.Since(began)
		if told.problem != nil && told.problem.status == leftStatus {
			counted.status = leftStatus
		}
		s.meters.request(told, counted.status, took)
		if s.options.Access == nil {
			return
		}
		line := []slog.Attr{
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", counted.status),
			slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("in", max(0, r.ContentLength)), slog.Int("out", counted.bytes),
			slog.String("client", r.RemoteAddr), slog.String("model", told.model), slog.Int("texts", told.texts), slog.Int("tokens", told.tokens),
		}
		if p := told.problem; p != nil {
			if line = append(line, slog.String("problem", p.kind)); !p.theirs {
				line = append(line, slog.String("field", p.field))
			}
		}
		s.options.Access.LogAttrs(r.Context(), slog.LevelInfo, "request", line...)
	})
}

// counter counts what is answered.
type counter struct {
	http.ResponseWriter
	status, bytes int
}

// WriteHeader keeps the status.
func (c *counter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Write counts.
func (c *counter) Write(text []byte) (int, error) {
	n, err := c.ResponseWriter.Write(text)
	c.bytes += n
	return n, err
}

// Unwrap is for [http.ResponseController].
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// digests are what keys are compared by: in the same time, whatever they are.
func digests(keys []string) (list [][32]byte) {
	for _, key := range keys {
		list = append(list, sha256.Sum256([]byte(key)))
	}
	return list
}

// admit lets a request in that has a key, where keys are needed.
func (s *Server) admit(r *http.Request) error {
	if len(s.keys) == 0 {
		return nil
	}
	const scheme = "Bearer "
	given := r.Header.Get("Authorization")
	if len(given) >= len(scheme) && strings.EqualFold(given[:len(scheme)], scheme) {
		given = given[len(scheme):]
	}
	digest, known := sha256.Sum256([]byte(given)), 0
	for i := range s.keys {
		known |= subtle.ConstantTimeCompare(digest[:], s.keys[i][:])
	}
	if known == 0 {
		return &problem{status: http.StatusUnauthorized, kind: invalid, text: "a key is needed: Authorization: Bearer KEY"}
	}
	return nil
}
