package serve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gobert/data/labelled"
	"gobert/internal/fault"
	"gobert/pipeline"
)

// problem is why a request gets no answer.
type problem struct {
	status int
	kind   string        // as text-embeddings-inference names it
	field  string        // of the body; empty where it is none's
	text   string        // for people
	after  time.Duration // when it may be tried again
	theirs bool          // the field has a name that the client gave it: the log does not tell it
}

// Error is the text.
func (p *problem) Error() string { return p.text }

// The kinds of problems.
const (
	invalid    = "Validation"
	overloaded = "Overloaded"
	backend    = "Backend"
	unhealthy  = "Unhealthy"
)

// leftStatus stands in the log for a client that did not wait; nobody gets it.
const leftStatus = 499

// wrong is a fault of a field of the body.
func wrong(field, format string, args ...any) *problem {
	return &problem{status: http.StatusUnprocessableEntity, kind: invalid, field: field, text: fmt.Sprintf(format, args...)}
}

// unknown is a field that there is not.
func unknown(field, more string) *problem {
	p := wrong(field, "%s is not known here%s", field, more)
	p.theirs = true
	return p
}

// large is more than the server takes.
func large(field, format string, args ...any) *problem {
	p := wrong(field, format, args...)
	p.status = http.StatusRequestEntityTooLarge
	return p
}

// problemOf is what becomes of an error.
func problemOf(err error) *problem {
	var known *problem
	var purpose *pipeline.PurposeError
	var row *labelled.Error
	var broken *fault.Panic
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, errFull):
		return &problem{status: http.StatusTooManyRequests, kind: overloaded, text: "too many texts wait already: try again later", after: time.Second}
	case errors.Is(err, errClosed):
		return &problem{status: http.StatusServiceUnavailable, kind: unhealthy, text: "the model is being unloaded", after: time.Second}
	case errors.Is(err, context.DeadlineExceeded):
		return &problem{status: http.StatusGatewayTimeout, kind: overloaded, text: "there was no time for this request: try again later", after: time.Second}
	case errors.Is(err, context.Canceled):
		return &problem{status: leftStatus, kind: overloaded, text: "the client has left"}
	case errors.As(err, &purpose):
		return wrong("", "%s", fault.Text(err))
	case errors.As(err, &row):
		return wrong("", "%s", fault.Text(err))
	case errors.As(err, &broken):
		return &problem{status: http.StatusInternalServerError, kind: backend, text: "a fault of the server itself; its log says where"}
	}
	return &problem{status: http.StatusInternalServerError, kind: backend, text: fault.Text(err)}
}

// failure is the body of an answer that is none: text-embeddings-inference's, which KServe's clients read as well.
type failure struct {
	Error string `json:"error" doc:"What is wrong, for people."`
	Type  string `json:"error_type" enum:"Validation,Overloaded,Backend,Unhealthy"`
	Field string `json:"field,omitempty" doc:"The field of the body that is wrong." example:"inputs[2]"`
}

// openAIFailure is the same as OpenAI's clients read it.
type openAIFailure struct {
	Error struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param" doc:"The field of the body that is wrong."`
		Code    *string `json:"code"`
	} `json:"error"`
}

// mostShown is how many bytes of a message, or of a field's name, are shown: clients write both.
const mostShown = 400

func shown(text string) string {
	if len(text) > mostShown {
		text = strings.ToValidUTF8(text[:mostShown], "") + "..."
	}
	return text
}

// write answers with a problem.
func (p *problem) write(w http.ResponseWriter, openAI bool) {
	if p.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.after.Seconds()))))
	}
	switch p.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case leftStatus:
		return
	}
	if !openAI {
		writeJSON(w, p.status, failure{Error: shown(p.text), Type: p.kind, Field: shown(p.field)})
		return
	}
	var body openAIFailure
	body.Error.Message, body.Error.Type = shown(p.text), "invalid_request_error"
	if field := shown(p.field); field != "" {
		body.Error.Param = &field
	}
	if p.status >= http.StatusInternalServerError {
		body.Error.Type = "server_error"
	} else if p.status == http.StatusTooManyRequests {
		body.Error.Type = "rate_limit_error"
	}
	code := p.kind
	body.Error.Code = &code
	writeJSON(w, p.status, body)
}
