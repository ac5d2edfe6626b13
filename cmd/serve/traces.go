package main

import (
	"context"
	"net/url"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/serve"
)

// traces sends spans to a collector, some at a time, until end is called. A collector that is not there harms nobody.
func traces(address string, s *cli.Streams) (provider trace.TracerProvider, end func(), err error) {
	to, err := url.Parse(address)
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return nil, nil, fault.Usage("{traces}: %q, expected an address such as http://localhost:4318", address)
	}
	if to.Path == "" || to.Path == "/" {
		to.Path = "/v1/traces"
	}
	exporter, err := otlptrace.New(context.Background(), newCollector(to.String()))
	if err != nil {
		return nil, nil, fault.New("{traces}: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { s.Log.Warn("traces are lost: " + err.Error()) }))
	made := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "gobert"), attribute.String("service.version", serve.Version()))))
	return made, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if err := made.Shutdown(ctx); err != nil {
			s.Log.Warn("traces that were left: " + err.Error())
		}
	}, nil
}
