package serve

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// document is the description of all routes, which grows with them: OpenAPI 3.1, made of the types that the routes read and write.
type document struct {
	registry huma.Registry
	api      huma.OpenAPI
}

func newDocument(version string) *document {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	return &document{registry: registry, api: huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "gobert", Version: version,
			Description: "BERT models over HTTP: vectors, labels, entities, answers, blanks and rankings.",
		},
		Paths: map[string]*huma.PathItem{},
		Components: &huma.Components{
			Schemas:         registry,
			SecuritySchemes: map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer"}},
		},
	}}
}

// schema is that of a type.
func (d *document) schema(t reflect.Type) *huma.Schema { return d.registry.Schema(t, true, "") }

// describe adds a route. in and out are nil where there is no body.
func (d *document) describe(method, path string, about description, in, out reflect.Type, open, openAI bool) {
	o := &huma.Operation{
		OperationID: about.id, Tags: []string{about.tag}, Summary: about.summary, Description: about.more,
		Responses: map[string]*huma.Response{},
	}
	if !open {
		o.Security = []map[string][]string{{"key": {}}}
	}
	add := func(status int, text string, t reflect.Type) {
		r := &huma.Response{Description: text}
		if t != nil {
			r.Content = map[string]*huma.MediaType{"application/json": {Schema: d.schema(t)}}
		}
		o.Responses[strconv.Itoa(status)] = r
	}
	add(http.StatusOK, "The answer.", out)
	if in != nil {
		o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Schema: d.schema(in), Example: about.example},
		}}
		failed := reflect.TypeFor[failure]()
		if openAI {
			failed = reflect.TypeFor[openAIFailure]()
		}
		for status, text := range map[int]string{
			http.StatusBadRequest: "The body is no JSON.", http.StatusUnauthorized: "The key is not known.",
			http.StatusNotFound: "The model is not known.", http.StatusRequestEntityTooLarge: "More than the server takes.",
			http.StatusUnprocessableEntity: "A field is wrong: the answer names it.", http.StatusTooManyRequests: "Too much waits: Retry-After says when to come again.",
			http.StatusInternalServerError: "The model failed.", http.StatusGatewayTimeout: "There was no time.",
		} {
			add(status, text, failed)
		}
	}
	for _, name := range parameters(path) {
		o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	item := d.api.Paths[path]
	if item == nil {
		item = &huma.PathItem{}
		d.api.Paths[path] = item
	}
	switch method {
	case http.MethodGet:
		item.Get = o
	default:
		item.Post = o
	}
}

// description is what people read about a route.
type description struct {
	id, tag, summary, more string
	example                any // of a body
}

// parameters are the names in braces of a path.
func parameters(path string) (names []string) {
	for i := 0; i < len(path); i++ {
		if path[i] != '{' {
			continue
		}
		end := i
		for path[end] != '}' {
			end++
		}
		names = append(names, path[i+1:end])
		i = end
	}
	return names
}
