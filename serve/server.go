package serve

import (
	"net/http"
	"runtime/debug"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Server answers requests. It is an [http.Handler], for a server of its own ([Server.Run]) or any other.
type Server struct {
	registry
	options  Options
	mux      *http.ServeMux
	handler  http.Handler
	document *document
	meters   *meters
	tracer   trace.Tracer

	methods  map[string][]string // of each path
	slot     chan struct{}       // one pass at a time
	requests chan struct{}       // holds a value for each request at work
	keys     [][32]byte
	ready    atomic.Bool
}

// Version is what the server calls itself: the module's version, where it was built as one.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// New makes a server without models. It is ready when it is told so: [Server.SetReady].
func New(o Options) *Server {
	o = o.filled()
	if o.Traces == nil {
		o.Traces = noop.NewTracerProvider()
	}
	s := &Server{
		options: o, mux: http.NewServeMux(), document: newDocument(Version()), meters: newMeters(), tracer: o.Traces.Tracer("gobert/serve"),
		slot: make(chan struct{}, 1), methods: map[string][]string{}, requests: make(chan struct{}, o.Requests),
	}
	s.keys = digests(o.Keys)
	s.routes()
	s.handler = s.around(s.mux)
	return s
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// SetReady says whether new requests are wanted: what the routes of health tell. Requests are answered all the same.
func (s *Server) SetReady(ready bool) { s.ready.Store(ready) }

// isReady says whether every model is there.
func (s *Server) isReady() bool {
	return s.ready.Load() && len(s.models()) > 0
}

// Close unloads all models, and returns when they are freed: when the requests that they have are answered.
func (s *Server) Close() error {
	s.SetReady(false)
	for _, m := range s.models() {
		if err := s.Unload(m.name); err != nil {
			return err
		}
	}
	s.old.Wait()
	return nil
}
