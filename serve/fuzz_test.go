package serve

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// seeds are good bodies of every route, by the path; those of the models' own routes name the model that fits.
func seeds() map[string][]string {
	return map[string][]string{
		"/embed":                         {`{"inputs":"rain"}`, `{"model":"plain","inputs":[[1,2],"rain"],"truncate":true,"truncation_direction":"Left","normalize":false,"dimensions":3}`},
		"/embed_all":                     {`{"inputs":["rain","sun"],"prompt_name":null}`},
		"/embed_sparse":                  {`{"model":"blanks","inputs":"rain"}`, `{"model":"blanks","inputs":["rain",[5,6]],"truncate":true,"prompt_name":null}`},
		"/similarity":                    {`{"inputs":{"source_sentence":"rain","sentences":["sun"]},"parameters":{"truncate":false}}`},
		"/predict":                       {`{"model":"labels","inputs":"rain"}`, `{"model":"labels","inputs":[["rain"],["rain","sun"]],"raw_scores":true}`},
		"/rerank":                        {`{"model":"ranks","query":"rain","texts":["sun"],"return_text":true}`},
		"/tags":                          {`{"model":"tags","inputs":["Bob lives in Rome"],"aggregation":"max"}`},
		"/answer":                        {`{"model":"answers","inputs":[{"question":"who","context":"Bob lives in Rome"}],"best":2}`},
		"/choose":                        {`{"model":"choices","inputs":[{"text":"rain","choices":["sun","falls"]}]}`},
		"/fill":                          {`{"model":"blanks","inputs":"the [MASK]","top":3}`},
		"/next":                          {`{"model":"blanks","inputs":[["rain","sun"]]}`},
		"/tokenize":                      {`{"inputs":["rain"],"add_special_tokens":false}`},
		"/decode":                        {`{"ids":[[1,2],[3]],"skip_special_tokens":false}`},
		"/v1/embeddings":                 {`{"model":"plain","input":["rain",[3,4]],"encoding_format":"base64","dimensions":2,"user":"u"}`},
		"/embeddings":                    {`{"input":"rain"}`},
		"/v1/rerank":                     {`{"model":"ranks","query":"rain","documents":["sun",{"text":"rain"}],"top_n":1,"return_documents":true}`},
		"/v2/models/plain/infer":         {`{"id":"1","inputs":[{"name":"text","shape":[2],"datatype":"BYTES","data":["rain",["sun"]]}],"outputs":[{"name":"embedding"}]}`},
		"/v2/models/labels/infer":        {`{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["rain"]},{"name":"pair","shape":[1],"datatype":"BYTES","data":["sun"]}]}`},
		"/v2/models/choices/infer":       {`{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["rain"]},{"name":"choices","shape":[1,2],"datatype":"BYTES","data":[["sun","Bob"]]}]}`},
		"/v2/models/answers/infer":       {`{"inputs":[{"name":"question","shape":[1],"datatype":"BYTES","data":["who"]},{"name":"context","shape":[1],"datatype":"BYTES","data":["sun"]}]}`},
		"/v2/repository/index":           {`{}`},
		"/v2/rerank":                     {`{"model":"ranks","query":"rain","documents":["sun","rain"]}`},
		"/":                              {`{"inputs":"rain"}`, `{"inputs":{"source_sentence":"rain","sentences":["sun"]}}`, `{"model":"ranks","query":"rain","texts":["sun"]}`, `{"model":"choices","inputs":[{"text":"rain","choices":["sun","falls"]}]}`},
		"/invocations":                   {`{"model":"labels","inputs":"rain","parameters":{"top_k":1,"function_to_apply":"sigmoid"}}`, `{"model":"tags","inputs":["Bob"],"parameters":{"aggregation_strategy":"none"}}`, `{"model":"blanks","inputs":"[MASK] rain [MASK]","parameters":{"top_k":2}}`, `{"model":"answers","inputs":{"question":"who","context":"Bob"},"parameters":{}}`},
		"/v2/models/blanks/infer":        {`{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["the [MASK]"]}]}`},
		"/v2/models/tags/infer":          {`{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["Bob lives in Rome"]}]}`},
		"/v2/repository/models/a/load":   {`{"parameters":{"folder":"x"}}`},
		"/v2/repository/models/a/unload": {`{"parameters":{}}`},
	}
}

// everyModel is one of each kind.
var everyModel = []string{"plain", "labels", "ranks", "tags", "answers", "choices", "blanks"}

// TestEveryRouteHasASeed: a new route is fuzzed, too. Its good bodies are answered.
func TestEveryRouteHasASeed(t *testing.T) {
	s := newServer(t, Options{}, everyModel...)
	for path, item := range s.document.api.Paths {
		if item.Post == nil || strings.Contains(path, "{version}") {
			continue
		}
		found := false
		for seed := range seeds() {
			parts, given := strings.Split(path, "/"), strings.Split(seed, "/")
			found = found || len(parts) == len(given) && alikePaths(parts, given)
		}
		if !found {
			t.Errorf("%s has no seed", path)
		}
	}
	for path, bodies := range seeds() {
		for _, body := range bodies {
			if status, answer := ask(s, path, body); status != http.StatusOK && !strings.HasPrefix(path, "/v2/repository/models") {
				t.Errorf("%s %s: %d %s", path, body, status, answer)
			}
		}
	}
}

func alikePaths(pattern, path []string) bool {
	for i := range pattern {
		if !strings.HasPrefix(pattern[i], "{") && pattern[i] != path[i] {
			return false
		}
	}
	return true
}

// FuzzBodies sends anything to any route: the answer is JSON, with a status that blames the client, or an answer.
func FuzzBodies(f *testing.F) {
	var paths []string
	for path, bodies := range seeds() {
		paths = append(paths, path)
		for _, body := range bodies {
			f.Add(path, []byte(body))
			f.Add(path, []byte(body[:len(body)/2]))
		}
	}
	slices.Sort(paths)
	s := newServer(f, Options{Bytes: 1 << 14, Texts: 8, RequestTokens: 512}, everyModel...)
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		if !slices.Contains(paths, path) || len(body) == 0 {
			t.Skip("no route of the seeds, or no body")
		}
		status, answer := ask(s, path, string(body))
		if status >= http.StatusInternalServerError || status < http.StatusOK {
			t.Errorf("%s %q: %d %s", path, body, status, answer)
		}
		if !json.Valid([]byte(answer)) || !utf8.ValidString(answer) {
			t.Errorf("%s %q: no JSON: %q", path, body, answer)
		}
		if field, text := problemIn(answer); status != http.StatusOK && text == "" {
			t.Errorf("%s %q: %d without a reason, field %q", path, body, status, field)
		}
	})
}

// FuzzBinary sends tensors as bytes.
func FuzzBinary(f *testing.F) {
	f.Add([]byte(`{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":8}}]}`), []byte("\x04\x00\x00\x00rain"))
	f.Add([]byte(`{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":8}}],"parameters":{"binary_data_output":true}}`), []byte("\xff\xff\xff\xffrain"))
	s := newServer(f, Options{Bytes: 1 << 14}, "plain")
	f.Fuzz(func(t *testing.T, header, behind []byte) {
		status, answer := askBinary(s, "/v2/models/plain/infer", header, behind)
		if status >= http.StatusInternalServerError || status != http.StatusOK && !json.Valid([]byte(answer)) {
			t.Errorf("%q %q: %d %s", header, behind, status, answer)
		}
	})
}
