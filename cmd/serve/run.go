package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/internal/intake"
	"gobert/serve"
)

// runVerb answers requests.
type runVerb struct {
	Models []string `arg:"" name:"model" placeholder:"[[BASE:]NAME,...=]MODEL" help:"Models: a run's folder, any folder of a BERT, or a name on the hub. A model's name in requests is its folder's, or those before =. BASE: is the name of a model before it; then the folder is a LoRA adapter over that one, whose weights are in memory once."`

	Listen  []string `sep:"none" default:"127.0.0.1:8080" placeholder:"HOST:PORT" group:"Network" help:"Where to listen; unix:PATH is a socket; again for more. Port 0 takes a free one."`
	TLSCert string   `name:"tls-cert" placeholder:"FILE" group:"Network" help:"Certificate for HTTPS, with --tls-key."`
	TLSKey  string   `name:"tls-key" placeholder:"FILE" group:"Network" help:"Its private key."`
	Keys    string   `name:"api-keys" placeholder:"FILE" group:"Network" help:"Keys, a line each, of which clients must send one (Authorization: Bearer KEY). Health, metrics and the pages need none."`
	CORS    []string `name:"cors-origin" placeholder:"ORIGIN,..." group:"Network" help:"Origins of web pages that may send requests; * for all."`
	Control bool     `group:"Network" help:"Let requests load and unload models. Without --api-keys they must be sent to localhost, an address, or a name of --listen."`
	Check   bool     `help:"Load all models, take a pass through each, and end: is all well?"`
	Access  string   `name:"access-log" placeholder:"FILE|-" group:"Network" help:"A line of JSON for each request, without its texts; - is standard output."`
	Traces  string   `placeholder:"URL" group:"Network" help:"Send traces to an OpenTelemetry collector (OTLP over HTTP), such as http://localhost:4318."`

	BatchTokens   int           `group:"Limits" help:"Tokens of one pass through a model. 0: what suits the device."`
	QueueTokens   int           `default:"32768" least:"16" group:"Limits" help:"Tokens that may wait for a model; what comes then is refused with 429."`
	QueueWait     time.Duration `default:"0s" group:"Limits" help:"Refuse what would have to wait for so long, as the last batches tell. 0: for its --timeout, and for 100 ms while more comes than can be computed."`
	RequestTokens int           `group:"Limits" help:"Tokens of one request. 0: those of --queue-tokens."`
	Texts         int           `name:"request-texts" default:"1024" least:"1" group:"Limits" help:"Texts of one request."`
	Bytes         int64         `name:"request-bytes" default:"2000000" least:"1" group:"Limits" help:"Bytes of one request's body."`
	Requests      int           `name:"concurrent-requests" default:"512" least:"1" group:"Limits" help:"Requests at work or waiting at once."`

	Timeout time.Duration `default:"30s" group:"Limits" help:"From a request's header to its answer."`
	Header  time.Duration `name:"header-timeout" default:"5s" group:"Limits" help:"For a request's header to come."`
	Body    time.Duration `name:"body-timeout" default:"20s" group:"Limits" help:"For a request's header and body to come."`
	Delay   time.Duration `name:"drain-delay" default:"0s" group:"Limits" help:"After SIGTERM: take requests for so long, while the health routes say not ready."`
	Drain   time.Duration `name:"drain-timeout" default:"30s" group:"Limits" help:"After SIGTERM: wait so long for requests at work."`

	SeqLength int `aliases:"length" group:"Batches" least:"5" or:"0" help:"Tokens of a text; longer ones are cut (tag, squad: windowed). 0: as in training."`

	cli.Computing
}

// Help gives examples.
func (*runVerb) Help() string {
	return `Examples:
  serve demo/finetuned
  serve sentiment=runs/sst2 entities=runs/ner minilm --listen 0.0.0.0:8080
  serve minilm,text-embedding-3-small=models/minilm --api-keys keys.txt
  serve minilm=models/minilm minilm:mood=runs/mood minilm:topics=runs/topics
  curl -s localhost:8080/predict -d '{"inputs": "a gripping, funny film"}'`
}

// Run loads, listens, and ends with a signal.
func (v *runVerb) Run(ctx context.Context, s *cli.Streams) error {
	options, closing, err := v.options(s)
	defer closing()
	if err != nil {
		return err
	}
	secret, err := v.secret()
	if err != nil {
		return err
	}
	models, err := v.models()
	if err != nil {
		return err
	}
	server := serve.New(options)
	for _, m := range models {
		began := time.Now()
		load := func() error { return server.Load(ctx, m.folder, m.names...) }
		if m.base != "" {
			load = func() error { return server.LoadAdapter(ctx, m.base, m.folder, m.names...) }
		}
		if err := load(); err != nil {
			return errors.Join(err, server.Close())
		}
		s.Log.Info(fmt.Sprintf("%s is ready after %.2f s", strings.Join(m.names, ", "), time.Since(began).Seconds()))
	}
	if v.Check {
		return server.Close()
	}
	s.SavesFirst() // what is being answered
	err = server.Run(ctx, serve.Listening{
		Addresses: v.Listen, TLS: secret, Header: v.Header, Body: v.Body, Idle: idle, Delay: v.Delay, Drain: v.Drain,
		Begun: func(addresses []net.Addr) { v.begun(s, addresses, secret != nil) },
	})
	return errors.Join(err, server.Close())
}

// idle is how long a connection may be kept between two requests.
const idle = 2 * time.Minute

// begun says where the server is.
func (v *runVerb) begun(s *cli.Streams, addresses []net.Addr, secret bool) {
	for _, a := range addresses {
		switch {
		case a.Network() == "unix":
			s.Log.Info("listening on unix:" + a.String())
		case secret:
			s.Log.Info("listening on https://" + a.String())
		default:
			s.Log.Info("listening on http://" + a.String())
		}
	}
}

// named is a model with its names.
type named struct {
	base, folder string // a base where the folder is an adapter
	names        []string
}

// models reads the arguments.
func (v *runVerb) models() (list []named, err error) {
	for _, argument := range v.Models {
		m := named{folder: argument}
		if _, err := os.Stat(argument); err != nil { // a folder may have = in its name
			if names, folder, found := strings.Cut(argument, "="); found {
				m.folder, m.names = folder, strings.Split(names, ",")
				if err := m.over(list); err != nil {
					return nil, err
				}
			}
		}
		if len(m.names) == 0 {
			m.names = []string{m.folder}
			if _, err := os.Stat(m.folder); err == nil {
				whole, err := filepath.Abs(m.folder)
				if err != nil {
					return nil, err
				}
				m.names = []string{filepath.Base(whole)}
			}
		}
		for _, name := range m.names {
			if name == "" || m.folder == "" {
				return nil, fault.Usage("%q: expected a folder, or NAME=FOLDER", argument)
			}
		}
		list = append(list, m)
	}
	return list, nil
}

// over takes BASE: off the names, where a model before is called so.
func (m *named) over(before []named) error {
	base, name, found := strings.Cut(m.names[0], ":")
	if !found {
		return nil
	}
	for _, other := range before {
		if slices.Contains(other.names, base) {
			m.base, m.names[0] = base, name
			return nil
		}
	}
	if _, err := os.Stat(filepath.Join(m.folder, "adapter_config.json")); err == nil {
		return fault.Usage("%s:%s=%s: no model before it is called %q", base, name, m.folder, base).Advise("name the base first: %s=FOLDER %s:%s=%s", base, base, name, m.folder)
	}
	return nil // a colon may be part of a name
}

// secret reads the certificate; nil without one.
func (v *runVerb) secret() (*tls.Config, error) {
	if v.TLSCert == "" && v.TLSKey == "" {
		return nil, nil
	}
	if v.TLSCert == "" || v.TLSKey == "" {
		return nil, fault.Usage("{tls-cert} and {tls-key}: expected both")
	}
	certificate, err := intake.ReadFile(v.TLSCert)
	if err != nil {
		return nil, err
	}
	key, err := intake.ReadFile(v.TLSKey)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, fault.New("%s with %s: %w", v.TLSCert, v.TLSKey, err).Advise("{tls-cert} and {tls-key} are PEM files that belong together")
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}, nil
}

// options are the server's; closing ends what they write to.
func (v *runVerb) options(s *cli.Streams) (o serve.Options, closing func(), err error) {
	var ends []func()
	closing = func() {
		for _, end := range ends {
			end()
		}
	}
	o = serve.Options{
		BatchTokens: v.BatchTokens, QueueTokens: v.QueueTokens, QueueWait: v.QueueWait, RequestTokens: v.RequestTokens, Texts: v.Texts, Bytes: v.Bytes,
		Requests: v.Requests, Timeout: v.Timeout, Origins: v.CORS, Control: v.Control, Hosts: v.hosts(), Log: s.Log,
	}
	if o.Pipeline, err = v.Opening(s); err != nil {
		return o, closing, err
	}
	o.Pipeline.MaxLength = v.SeqLength
	if o.Keys, err = v.keys(); err != nil {
		return o, closing, err
	}
	if v.Access != "" {
		out := s.Out
		if v.Access != "-" {
			release, err := s.ClaimFile("access-log", v.Access)
			if err != nil {
				return o, closing, err
			}
			ends = append(ends, release)
			file, err := os.OpenFile(v.Access, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
			if err != nil {
				return o, closing, err
			}
			ends = append(ends, func() { _ = file.Close() })
			out = file
		}
		o.Access = slog.New(slog.NewJSONHandler(&told{out: out, streams: s}, nil))
	}
	if v.Traces != "" {
		provider, end, err := traces(v.Traces, s)
		if err != nil {
			return o, closing, err
		}
		ends = append(ends, end)
		o.Traces = provider
	}
	return o, closing, nil
}

// hosts are the names that the server listens on.
func (v *runVerb) hosts() (names []string) {
	for _, address := range v.Listen {
		if name, _, err := net.SplitHostPort(address); err == nil && name != "" && !strings.HasPrefix(address, "unix:") {
			names = append(names, name)
		}
	}
	return names
}

// told is a writer whose first failure is told.
type told struct {
	out     io.Writer
	streams *cli.Streams
	once    sync.Once
}

// Write writes.
func (w *told) Write(text []byte) (int, error) {
	n, err := w.out.Write(text)
	if err != nil {
		w.once.Do(func() { w.streams.Log.Error("the access log lacks lines from here on: " + err.Error()) })
	}
	return n, err
}

// keys reads the file of keys.
func (v *runVerb) keys() (keys []string, err error) {
	if v.Keys == "" {
		return nil, nil
	}
	text, err := intake.ReadFile(v.Keys)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if key := strings.TrimSpace(lines.Text()); key != "" {
			keys = append(keys, key)
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.New("%s: %w", v.Keys, err)
	}
	if len(keys) == 0 {
		return nil, fault.New("%s has no key: expected one in each line", v.Keys).Advise("without {api-keys} anybody may ask")
	}
	return keys, nil
}
