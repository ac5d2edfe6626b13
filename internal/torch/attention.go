package torch

// #include "native/abi.h"
// #include "native/fused.h"
import "C"

// Offsets say where each packed sequence begins: int32 [B+1], on the host for CPU kernels and on the pass's device for
// CUDA's.
type Offsets struct {
	host, device *Tensor
	lengths      []int32
}

// NewOffsets uploads offsets[0]=0 ... offsets[B]=N.
func NewOffsets(p *Pass, offsets []int32) Offsets {
	host := p.Adopt(NewFrom(offsets, CPU, int64(len(offsets))))
	o := Offsets{host: host, device: host}
	if p.Device.IsCUDA() {
		o.device = From(p, offsets, int64(len(offsets)))
	}
	for i := range len(offsets) - 1 {
		o.lengths = append(o.lengths, offsets[i+1]-offsets[i])
	}
	return o
}

// Lengths are the numbers of tokens of each sequence.
func (o Offsets) Lengths() []int32 { return o.lengths }

// Attention is bidirectional multi-head attention within each packed sequence. qkv [N,3H] holds queries, keys and values
// side by side; the result is [N,H]. The scores are scaled by 1/sqrt(H/heads); rate drops probabilities.
func (p *Pass) Attention(qkv *Tensor, o Offsets, longest int, heads int64, rate float64) *Tensor {
	site := p.NextSite()
	p.begin("attention", qkv, o.host, nil)
	return p.take(C.gb_attention(p.out(), qkv.c(), o.host.c(), o.device.c(), C.int64_t(longest), C.int64_t(heads), C.double(rate),
		C.uint64_t(p.Seed), C.uint64_t(site)))
}

// AttentionPath names the kernels by which a card computes [Pass.Attention] in a type, for heads of a width: "flash" or
// "memory-efficient"; none of them loops over sequences.
func (c Card) AttentionPath(dtype DType, head int) string {
	return C.GoString(C.gb_attention_path(C.int(c.Capability()), C.int(dtype), C.int64_t(head)))
}

// LinearAttention is [Pass.Attention] of x W^T + b for weights [3H,H] and biases [3H] of the three projections, and x again for whoever
// reads x beside; see [Pass.Linear] and [Pass.LinearActivation]. computeBias is the bias, or its copy in the pass's compute type.
func (p *Pass) LinearAttention(x, weight, compute, bias, computeBias *Tensor, o Offsets, longest int, heads int64, rate float64) (y, beside *Tensor) {
	site := p.NextSite()
	p.begin("linear attention", x, weight, o.host)
	var second C.gb_tensor
	y = p.take(C.gb_linear_attention(p.out(), &second, x.c(), weight.c(), compute.c(), bias.optional(), computeBias.optional(), o.host.c(),
		o.device.c(), C.int64_t(longest), C.int64_t(heads), C.double(rate), C.uint64_t(p.Seed), C.uint64_t(site)))
	return y, p.own(handle(second))
}

// AttentionWithWeights is [Pass.Attention] by the plain path, which also gives the probabilities (after dropout) of each
// sequence, [heads,T,T].
func (p *Pass) AttentionWithWeights(qkv *Tensor, o Offsets, heads int64, rate float64) (*Tensor, []*Tensor) {
	site := p.NextSite()
	p.begin("attention with weights", qkv, o.host, nil)
	handles := make([]C.gb_tensor, len(o.lengths))
	out := p.take(C.gb_attention_with_weights(p.out(), &handles[0], qkv.c(), o.host.c(), C.int64_t(heads), C.double(rate), C.uint64_t(p.Seed),
		C.uint64_t(site)))
	weights := make([]*Tensor, len(handles))
	for i, h := range handles {
		weights[i] = p.own(handle(h))
	}
	return out, weights
}

// ScaledDotProduct is LibTorch's own attention over padded [B,A,T,D] queries, keys and values: the fastest kernel it has for
// the device. mask (nil for none) is true where a key counts; rate drops probabilities by LibTorch's generator.
func (p *Pass) ScaledDotProduct(q, k, v, mask *Tensor, rate float64) *Tensor {
	p.begin("scaled dot product", q, k, v)
	return p.take(C.gb_sdpa(p.out(), q.c(), k.c(), v.c(), mask.optional(), C.double(rate)))
}
