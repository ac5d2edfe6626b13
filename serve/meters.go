package serve

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// meters are what Prometheus reads.
type meters struct {
	registry *prometheus.Registry

	requests              *prometheus.CounterVec
	latency               *prometheus.HistogramVec
	texts, tokens, cut    *prometheus.CounterVec
	waiting, waitingWords *prometheus.GaugeVec
	wait, pass            *prometheus.HistogramVec
	together, features    *prometheus.HistogramVec
	packed                *prometheus.HistogramVec
}

func newMeters() *meters {
	m := &meters{registry: prometheus.NewRegistry()}
	seconds := prometheus.ExponentialBuckets(0.0005, 2, 17) // half a millisecond to half a minute
	sizes := prometheus.ExponentialBuckets(1, 2, 11)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "gobert", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "gobert", Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "gobert", Name: name, Help: help, Buckets: buckets}, labels)
	}
	m.requests = counter("requests_total", "Requests that were answered.", "route", "status")
	m.latency = histogram("request_seconds", "From a request's header to its answer.", seconds, "route")
	m.texts = counter("texts_total", "Texts of answered requests; a pair is one.", "model")
	m.tokens = counter("tokens_total", "Tokens of answered requests, special ones included.", "model")
	m.cut = counter("texts_cut_total", "Texts that were longer than the model reads, and were cut.", "model")
	m.waiting = gauge("queue_requests", "Requests that wait for a model.", "model")
	m.waitingWords = gauge("queue_tokens", "Tokens that wait for a model.", "model")
	m.wait = histogram("queue_seconds", "From a request's tokens to its first batch.", seconds, "model", "operation")
	m.pass = histogram("batch_seconds", "A batch's way through the model.", seconds, "model", "operation")
	m.together = histogram("batch_requests", "Requests that share a batch.", sizes, "model", "operation")
	m.features = histogram("batch_sequences", "Texts of a batch.", sizes, "model", "operation")
	m.packed = histogram("batch_tokens", "Tokens of a batch.", prometheus.ExponentialBuckets(4, 2, 14), "model", "operation")
	m.registry.MustRegister(m.requests, m.latency, m.texts, m.tokens, m.cut, m.waiting, m.waitingWords, m.wait, m.pass, m.together, m.features, m.packed,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// handler answers Prometheus.
func (m *meters) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// request is told of each.
func (m *meters) request(f *facts, status int, took time.Duration) {
	route := f.route
	if route == "" {
		route = "other"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(route).Observe(took.Seconds())
	if f.model != "" && status == http.StatusOK {
		m.texts.WithLabelValues(f.model).Add(float64(f.texts))
		m.tokens.WithLabelValues(f.model).Add(float64(f.tokens))
		m.cut.WithLabelValues(f.model).Add(float64(f.cut))
	}
}

// of is the watcher of a model's queue.
func (m *meters) of(model string) watcher { return modelMeters{m, model} }

type modelMeters struct {
	*meters
	model string
}

func (m modelMeters) queued(jobs, tokens int) {
	m.waiting.WithLabelValues(m.model).Set(float64(jobs))
	m.waitingWords.WithLabelValues(m.model).Set(float64(tokens))
}

func (m modelMeters) waited(op *operation, d time.Duration) {
	m.wait.WithLabelValues(op.model, op.name).Observe(d.Seconds())
}

func (m modelMeters) computed(op string, jobs, features, tokens int, took time.Duration) {
	m.pass.WithLabelValues(m.model, op).Observe(took.Seconds())
	m.together.WithLabelValues(m.model, op).Observe(float64(jobs))
	m.features.WithLabelValues(m.model, op).Observe(float64(features))
	m.packed.WithLabelValues(m.model, op).Observe(float64(tokens))
}
