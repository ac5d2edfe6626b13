package serve

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"gobert/internal/fault"
)

// call is a request while it is answered.
type call struct {
	context.Context
	*Server
	r       *http.Request
	w       http.ResponseWriter
	facts   *facts
	held    []*model
	entered bool // it is one of the requests at work
}

// facts are what is told of a request: to the log, the meters and its trace. There is no word of its texts.
type facts struct {
	route, model       string
	texts, tokens, cut int
	problem            *problem
}

type factsKey struct{}

// named holds the model that a request names.
func (c *call) named(name string) (*model, error) {
	m, err := c.acquire(name)
	if err != nil {
		return nil, err
	}
	c.held = append(c.held, m)
	c.facts.model = m.name
	return m, nil
}

// body reads the body. From then on the request is one of those at work: a client that is slow to send takes nobody's place.
func (c *call) body() ([]byte, error) {
	full := &problem{status: http.StatusTooManyRequests, kind: overloaded, text: "too many requests are at work: try again later", after: time.Second}
	if len(c.requests) == cap(c.requests) {
		return nil, full
	}
	text, err := readBody(c.w, c.r, c.options.Bytes)
	if err != nil {
		return nil, err
	}
	// The time for the body is over once it is there: a connection that is still read then would be taken for one whose client has left.
	_ = http.NewResponseController(c.w).SetReadDeadline(time.Time{}) // a test's writer has none
	select {
	case c.requests <- struct{}{}:
		c.entered = true
		return text, nil
	default:
		return nil, full
	}
}

// release lets go of all models, and of its place.
func (c *call) release() {
	if c.entered {
		<-c.requests
	}
	for _, m := range c.held {
		m.users.Done()
	}
}

// post adds a route that reads a body and answers with another.
func post[In, Out any](s *Server, path string, about description, answer func(c *call, in *In) (Out, error)) {
	openAI := asOpenAI(path)
	s.document.describe(http.MethodPost, path, about, reflect.TypeFor[In](), reflect.TypeFor[Out](), false, openAI)
	s.add(http.MethodPost, path, false, func(c *call) (any, error) {
		text, err := c.body()
		if err != nil {
			return nil, err
		}
		return reading(c, text, answer)
	})
}

// reading reads a body as a type, and answers it.
func reading[In, Out any](c *call, body []byte, answer func(*call, *In) (Out, error)) (any, error) {
	in := new(In)
	if err := c.decode(body, in); err != nil {
		return nil, err
	}
	return answer(c, in)
}

// asOpenAI: whether a route's faults are written as OpenAI's clients read them.
func asOpenAI(path string) bool { return strings.HasPrefix(path, "/v1/") || path == "/embeddings" }

// decode reads a body. Large ones are read a few at a time: what is wrong in a hundred thousand places takes memory until it is refused.
func (c *call) decode(text []byte, in any) error {
	const long = 1 << 16
	if len(text) > long {
		c.decoding <- struct{}{}
		defer func() { <-c.decoding }()
	}
	return c.document.decode(text, in)
}

// get adds a route without a body; an open one needs no key.
func get[Out any](s *Server, path string, open bool, about description, answer func(c *call) (Out, error)) {
	s.document.describe(http.MethodGet, path, about, nil, reflect.TypeFor[Out](), open, false)
	s.add(http.MethodGet, path, open, func(c *call) (any, error) { return answer(c) })
}

// add puts a route into the multiplexer. What it gives is written as JSON, unless it is nil: then it has written itself.
func (s *Server) add(method, path string, open bool, answer func(c *call) (any, error)) {
	openAI := asOpenAI(path)
	s.mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		told, ok := r.Context().Value(factsKey{}).(*facts)
		if !ok {
			told = &facts{}
		}
		told.route = path
		ctx, cancel := context.WithTimeout(r.Context(), s.options.Timeout)
		defer cancel()
		ctx, span := s.tracer.Start(ctx, method+" "+path, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		c := &call{Context: ctx, Server: s, r: r, w: w, facts: told}
		defer c.release()
		var value any
		err := fault.Caught(func() (err error) {
			if !open {
				if err := s.admit(r); err != nil {
					return err
				}
			}
			value, err = answer(c)
			return err
		})
		span.SetAttributes(attribute.String("model", told.model), attribute.Int("texts", told.texts), attribute.Int("tokens", told.tokens))
		if err != nil {
			p := problemOf(err)
			if p.status >= http.StatusInternalServerError {
				s.options.Log.Error(path, "error", fault.Text(err))
			}
			told.problem = p
			span.SetAttributes(attribute.Int("http.response.status_code", p.status))
			p.write(w, openAI)
			return
		}
		if value != nil {
			writeJSON(w, http.StatusOK, value)
		}
	})
	if s.methods[path] = append(s.methods[path], method); len(s.methods[path]) == 1 {
		s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			allowed := strings.Join(s.methods[path], ", ")
			w.Header().Set("Allow", allowed)
			p := problem{status: http.StatusMethodNotAllowed, kind: invalid, text: strings.TrimSuffix(path, "{$}") + " is asked with " + allowed + ", not with " + r.Method}
			p.write(w, openAI)
		})
	}
}
