package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector takes spans as protocol buffers over HTTP (OTLP). OpenTelemetry's own client does the same, and brings all of gRPC along for the
// name of one type.
type collector struct {
	address string
	header  http.Header
	client  http.Client
	pause   time.Duration // before the second attempt; twice as long before the next
}

// longestPost bounds one request to a collector.
const longestPost = 10 * time.Second

func newCollector(address string) *collector {
	c := &collector{address: address, header: http.Header{}, client: http.Client{Timeout: longestPost}, pause: time.Second}
	c.header.Set("Content-Type", "application/x-protobuf")
	// What a collector wants to see, keys above all, comes in variables that OpenTelemetry names: NAME=VALUE,...
	for _, variable := range []string{"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"} {
		for pair := range strings.SplitSeq(os.Getenv(variable), ",") {
			name, value, found := strings.Cut(pair, "=")
			if plain, err := url.PathUnescape(strings.TrimSpace(value)); found && err == nil {
				c.header.Set(strings.TrimSpace(name), plain)
			}
		}
	}
	return c
}

// Start has nothing to do: a connection is made when there is something to send.
func (*collector) Start(context.Context) error { return nil }

// Stop closes what is idle.
func (c *collector) Stop(context.Context) error {
	c.client.CloseIdleConnections()
	return nil
}

// UploadTraces sends spans, and again where the collector has no time for them, until ctx ends.
func (c *collector) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans}) // the one field of an ExportTraceServiceRequest, too
	if err != nil {
		return err
	}
	for pause := c.pause; ; pause *= 2 {
		wait, err := c.post(ctx, body)
		if err == nil || wait < 0 {
			return err
		}
		timer := time.NewTimer(max(wait, pause))
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
	}
}

// post sends once. Where it is worth another attempt, wait is how long the collector asks to be left alone, or 0; else it is negative.
func (c *collector) post(ctx context.Context, body []byte) (wait time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, bytes.NewReader(body))
	if err != nil {
		return -1, err
	}
	request.Header = c.header.Clone()
	response, err := c.client.Do(request)
	if err != nil {
		return -1, err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)) // so that the connection is used again
	switch code := response.StatusCode; {
	case code < http.StatusMultipleChoices:
		return 0, nil
	case code == http.StatusTooManyRequests || code == http.StatusBadGateway || code == http.StatusServiceUnavailable || code == http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // none: 0
		return time.Duration(seconds) * time.Second, fmt.Errorf("%s answers %s", c.address, response.Status)
	default:
		return -1, fmt.Errorf("%s answers %s", c.address, response.Status)
	}
}
