// Attention on a GPU: see device_attention.hpp.
#pragma once
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <array>

#include "../kernels/philox.h"

namespace gobert {

// The ways to compute attention over packed sequences on a GPU.
enum class AttentionPath {
  flash,             // fp16 and bf16, from capability 8.0 on, heads of at most 192
  efficient,         // fp32 and fp16 everywhere, bf16 from capability 8.0 on
  efficient_in_fp32  // bf16 below capability 8.0, where no kernel has it
};

// attention_path is the way for a capability (in tenths: 90 for 9.0), a type, and a head's width.
AttentionPath attention_path(int capability, at::ScalarType dtype, int64_t head);

// attention_seed is the state of the generator for the dropout of one attention.
uint64_t attention_seed(const Dropout &dropout);

// Projections are queries, keys and values, [N,H] each.
using Projections = std::array<at::Tensor, 3>;

// thirds are the projections that lie side by side in qkv [N,3H].
Projections thirds(const at::Tensor &qkv);

// device_attention is softmax(q k^T / sqrt(D)) v within each packed sequence, for offsets int32 [B+1], all on the GPU. The
// probabilities that are dropped are a function of the dropout's seed and site alone.
at::Tensor device_attention(const Projections &qkv, const at::Tensor &offsets, int64_t longest, int64_t heads, double rate,
                            const Dropout &dropout);

}  // namespace gobert
