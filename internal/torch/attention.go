package torch

// #include "native/fused.h"
import "C"

// Attention is bidirectional multi-head attention within each packed sequence. qkv [N,3H] holds queries, keys and values
// side by side; the result is [N,H]. The scores are scaled by 1/sqrt(H/heads); rate drops probabilities.
func (p *Pass) Attention(qkv *Tensor, s *Sequences, heads int64, rate float64) *Tensor {
	site := p.NextSite()
	p.begin("attention", qkv, s.host, nil)
	return p.take(C.gb_attention(p.out(), qkv.c(), s.host.c(), s.device.c(), C.int64_t(s.longest), C.int64_t(heads), C.double(rate),
		C.uint64_t(p.Seed), C.uint64_t(site)))
}

// AttentionWithWeights is [Pass.Attention] by the plain path, which also gives the probabilities (after dropout) of each
// sequence, [heads,T,T].
func (p *Pass) AttentionWithWeights(qkv *Tensor, s *Sequences, heads int64, rate float64) (y *Tensor, weights []*Tensor) {
	site := p.NextSite()
	p.begin("attention with weights", qkv, s.host, nil)
	handles := make([]C.gb_tensor, len(s.offsets)-1)
	y = p.take(C.gb_attention_with_weights(p.out(), &handles[0], qkv.c(), s.host.c(), C.int64_t(heads), C.double(rate), C.uint64_t(p.Seed),
		C.uint64_t(site)))
	for _, h := range handles {
		weights = append(weights, p.own(handle(h)))
	}
	return y, weights[:s.Count]
}

// AttentionPath names the kernels by which a card computes [Pass.Attention] in a type, for heads of a width: "flash" or
// "memory-efficient"; none of them loops over sequences.
func (c Card) AttentionPath(dtype DType, head int) string {
	return C.GoString(C.gb_attention_path(C.int(c.Capability()), C.int(dtype), C.int64_t(head)))
}
