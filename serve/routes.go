package serve

import (
	"encoding/json"
	"net/http"

	"github.com/swaggest/swgui/v5emb"
)

// anyBody is what a client may send where nothing need be said.
type anyBody = map[string]any

// routes adds all.
func (s *Server) routes() {
	post(s, "/embed", description{"embed", "vectors", "A vector for each text", "", anyBody{"inputs": "What is deep learning?"}}, embed)
	post(s, "/embed_all", description{"embedAll", "vectors", "A vector for each token of each text", "", anyBody{"inputs": "What is deep learning?"}}, embedAll)
	post(s, "/embed_sparse", description{"embedSparse", "vectors", "A weight for each word of the vocabulary, for each text, as SPLADE has it", "", anyBody{"inputs": "What is deep learning?"}}, embedSparse)
	post(s, "/similarity", description{"similarity", "vectors", "How alike one text and others are", "", anyBody{
		"inputs": anyBody{"source_sentence": "How do boats float?", "sentences": []string{"Why ships do not sink", "The price of bread"}},
	}}, similarity)
	post(s, "/predict", description{"predict", "labels", "The labels of texts, or of pairs, with their probabilities", "", anyBody{"inputs": "I like you."}}, predict)
	post(s, "/rerank", description{"rerank", "rankings", "The order of texts for a query", "", anyBody{
		"query": "What is deep learning?", "texts": []string{"Deep learning is a kind of machine learning.", "Cheese is made of milk."},
	}}, rerank)
	post(s, "/tags", description{"tags", "labels", "The entities of texts", "", anyBody{"inputs": "Anna lives in Berlin."}}, tags)
	post(s, "/answer", description{"answer", "answers", "Answers that stand in a text", "", anyBody{
		"inputs": []anyBody{{"question": "Who wrote it?", "context": "It was written by Jane Austen."}},
	}}, answer)
	post(s, "/choose", description{"choose", "answers", "How texts go on best", "", anyBody{
		"inputs": []anyBody{{"text": "The sky is", "choices": []string{"blue.", "made of bread."}}},
	}}, choose)
	post(s, "/fill", description{"fill", "answers", "Words for the masks of texts", "", anyBody{"inputs": "The cat saw the [MASK]."}}, fill)
	post(s, "/next", description{"next", "answers", "Whether one text follows another", "", anyBody{"inputs": [][]string{{"The cat saw the dog.", "It ran home."}}}}, next)
	post(s, "/tokenize", description{"tokenize", "tokens", "The tokens of texts", "", anyBody{"inputs": "What is deep learning?"}}, tokenize)
	post(s, "/decode", description{"decode", "tokens", "The texts of tokens", "", anyBody{"ids": []int{101, 102}}}, decode)
	s.endpointRoutes()
	s.openAIRoutes()
	s.kserveRoutes()
	get(s, "/info", false, description{"info", "server", "What a model is, and what the server takes", "", nil}, (*call).info)
	get(s, "/health", true, description{"health", "server", "Whether the server is ready", "", nil}, (*call).health)
	s.plainRoutes()
}

func (s *Server) kserveRoutes() {
	get(s, "/v2", true, description{"serverMetadata", "KServe", "What the server is", "", nil}, (*call).serverMetadata)
	get(s, "/v2/health/live", true, description{"live", "KServe", "Whether the server runs", "", nil}, (*call).live)
	get(s, "/v2/health/ready", true, description{"serverReady", "KServe", "Whether the server is ready", "", nil}, (*call).serverReady)
	for _, at := range []string{"/v2/models/{model}", "/v2/models/{model}/versions/{version}"} {
		id := ""
		if len(at) > len("/v2/models/{model}") {
			id = "OfVersion"
		}
		get(s, at, false, description{"modelMetadata" + id, "KServe", "What a model takes and gives", "", nil}, (*call).modelMetadata)
		get(s, at+"/ready", true, description{"modelReady" + id, "KServe", "Whether a model is there", "", nil}, (*call).modelReady)
		s.inferRoute(at+"/infer", description{"infer" + id, "KServe", "Asks a model", "The model's metadata say what tensors are called.", anyBody{
			"inputs": []anyBody{{"name": "text", "shape": []int{1}, "datatype": "BYTES", "data": []string{"I like you."}}},
		}})
	}
	post(s, "/v2/repository/index", description{"index", "models", "All models", "", anyBody{}}, (*call).index)
	post(s, "/v2/repository/models/{model}/load", description{"load", "models", "Loads a model, or loads it again; requests go on meanwhile", "", anyBody{}}, (*call).load)
	post(s, "/v2/repository/models/{model}/unload", description{"unload", "models", "Unloads a model when its requests are answered", "", anyBody{}}, (*call).unload)
}

// plainRoutes are those whose answers are no JSON values of ours.
func (s *Server) plainRoutes() {
	plain := func(path string, h http.Handler) {
		s.add(http.MethodGet, path, true, func(c *call) (any, error) {
			h.ServeHTTP(c.w, c.r)
			return nil, nil
		})
	}
	plain("/metrics", s.meters.handler())
	plain("/openapi.json", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { s.writeDocument(w) }))
	docs := v5emb.New("gobert", "/openapi.json", "/docs/")
	plain("/docs", docs)
	plain("/docs/{rest...}", docs)
	plain("/{$}", http.HandlerFunc(page))
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		p := problem{status: http.StatusNotFound, kind: invalid, text: "there is no " + r.URL.Path + "; /openapi.json lists what there is"}
		p.write(w, false)
	})
}

func (s *Server) writeDocument(w http.ResponseWriter) {
	text, err := json.Marshal(&s.document.api)
	if err != nil {
		problemOf(err).write(w, false)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
}
