package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// TestCollector: spans arrive whole, with the headers that were asked for, again where the collector had no time, and once where it
// refuses them.
func TestCollector(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, team = bert")
	var answers []int
	var got tracepb.TracesData
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || proto.Unmarshal(body, &got) != nil || r.Header.Get("Api-Key") != "a b" || r.Header.Get("Team") != "bert" ||
			r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("%v, %q, headers %v", err, body, r.Header)
		}
		w.WriteHeader(answers[asked])
		asked++
	}))
	defer server.Close()
	c := newCollector(server.URL + "/v1/traces")
	c.pause = time.Millisecond
	for _, each := range []struct {
		answers []int
		fails   string
	}{
		{[]int{200}, ""},
		{[]int{503, 429, 202}, ""},
		{[]int{400}, "400 Bad Request"},
		{[]int{502, 401}, "401 Unauthorized"},
	} {
		answers, asked = each.answers, 0
		err := c.UploadTraces(t.Context(), []*tracepb.ResourceSpans{{SchemaUrl: "here"}})
		if asked != len(answers) || (err != nil) != (each.fails != "") || err != nil && !strings.Contains(err.Error(), each.fails) {
			t.Errorf("%v: %v after %d", each, err, asked)
		}
		if got.ResourceSpans[0].SchemaUrl != "here" {
			t.Errorf("%v: arrived %v", each, &got)
		}
	}
	// A busy one is asked no longer than the spans may wait.
	c.pause = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	answers, asked = []int{503}, 0
	time.AfterFunc(time.Millisecond, cancel)
	if err := c.UploadTraces(ctx, nil); err == nil {
		t.Error("spans that were not taken are lost in silence")
	}
}
