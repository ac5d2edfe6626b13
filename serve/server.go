package serve

import (
	"context"
	"net/http"
	"runtime"
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
	decoding chan struct{}       // and for each long body that is read
	keys     [][32]byte
	foreign  *http.CrossOriginProtection // of what changes the server
	ready    atomic.Bool
	life     context.Context // until Close
	end      context.CancelFunc
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
		decoding: make(chan struct{}, runtime.GOMAXPROCS(0)), foreign: http.NewCrossOriginProtection(),
	}
	for _, origin := range o.Origins {
		_ = s.foreign.AddTrustedOrigin(origin) // it takes no pattern: pages of "*" may ask, not change
	}
	s.life, s.end = context.WithCancel(context.Background())
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

// Close unloads all models, and returns when they are freed: when the requests that they have are answered. None is loaded afterwards.
func (s *Server) Close() error {
	s.SetReady(false)
	s.end() // of models that are being loaded
	s.loading.Lock()
	defer s.loading.Unlock()
	s.mu.Lock()
	for _, one := range s.list {
		s.retire(one.model)
		one.model = nil
	}
	s.mu.Unlock()
	s.old.Wait()
	return nil
}
