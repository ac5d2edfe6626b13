package serve

import (
	"cmp"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"

	"gobert/pipeline"
)

// Options say what a server takes, and of whom. Zero fields are what [Options.filled] writes there.
type Options struct {
	Pipeline pipeline.Options // how folders are opened

	BatchTokens   int           // of one pass through a model; 0: what suits the device
	QueueTokens   int           // that may wait for a model; 0: 32768
	QueueWait     time.Duration // that a request may expect when it comes, else it is refused; 0: its timeout, and under lasting overload 100 ms
	RequestTokens int           // of one request; 0: those of the queue
	Texts         int           // of one request; 0: 1024
	Bytes         int64         // of a body; 0: two million
	Requests      int           // at once, with those that wait; 0: 512
	Timeout       time.Duration // of a request, from its first byte to the answer; 0: 30 seconds

	Keys    []string // that clients must have one of; none: anybody
	Origins []string // of web pages that may call, "*" for all; none: those of the server itself
	Control bool     // models may be loaded and unloaded by requests
	Hosts   []string // names of this host that such requests may be sent to where no keys are needed, beside localhost, addresses and sockets

	Access *slog.Logger         // gets a line for each request; nil: none
	Log    *slog.Logger         // gets what goes wrong; nil: none
	Traces trace.TracerProvider // gets spans of requests; nil: none
}

// Defaults of limits.
const (
	defaultQueue    = 1 << 15
	defaultTexts    = 1024
	defaultBytes    = 2_000_000
	defaultRequests = 512
	defaultTimeout  = 30 * time.Second
)

// filled has all limits.
func (o Options) filled() Options {
	o.QueueTokens = cmp.Or(o.QueueTokens, defaultQueue)
	o.RequestTokens = min(cmp.Or(o.RequestTokens, o.QueueTokens), o.QueueTokens)
	o.Texts = cmp.Or(o.Texts, defaultTexts)
	o.Bytes = cmp.Or(o.Bytes, defaultBytes)
	o.Requests = cmp.Or(o.Requests, defaultRequests)
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
