// Package serve answers requests over HTTP with trained models, of any kind and several at once:
//
//	s := serve.New(serve.Options{})
//	err := s.Load(ctx, "runs/sst2", "sentiment")
//	s.SetReady(true)
//	http.Handle("/", s) // or s.Run, which listens and ends well
//
// It speaks as text-embeddings-inference does (/embed, /predict, /rerank, ...), as OpenAI, Jina and Cohere do (/v1), as KServe and
// Triton do (/v2), and has routes of its own for what these lack: /tags, /answer, /choose, /fill, /next. Answers are those of package
// pipeline: whatever is asked at the same time changes none of them by more than 1e-6 in fp32.
//
// # Batches
//
// Each model has a queue. While the model computes, requests wait there, cut into tokens; when it is done, all that waits by then is the
// next batch, up to a budget of tokens. So a lone request waits for nothing, and a crowd shares passes. Batches are packed: no text
// pays for the length of another. The queue is bounded by tokens: what does not fit is refused at once.
//
// # In which order to read
//
//   - batcher.go, loop.go, compute.go: the queue, and batches
//   - model.go: a model's ways from tokens to answers; registry.go: models by name, replaced while they are asked
//   - server.go, options.go: Server; listen.go: where it listens, and how it ends
//   - route.go: a request's way; routes.go: the list of routes; middleware.go: what all go through
//   - body.go, forms.go: bodies and what is wrong with them; problem.go: errors; document.go: OpenAPI from the same types
//   - work.go: texts become work for a queue
//   - vectors.go, words.go, labels.go, answers.go, ranks.go, blanks.go, tokens.go, info.go: the routes themselves; openai.go
//   - kserve.go, tensors.go, infer.go, binary.go, control.go: the Open Inference Protocol
//   - meters.go: what Prometheus reads; page.go: a page to try it
package serve
