// BERT's fused building blocks on a card, differentiable, in fp32, fp16 and bfloat16: what kernels/kernels.h is on the CPU, by
// the same rules. Each may be called for tensors that its serves_ function agrees to.
#pragma once
#include <ATen/ATen.h>

#include <array>
#include <string>
#include <tuple>

#include "../../kernels/kernels.h"

namespace gobert::cuda {

// use_kernels(false) leaves everything to LibTorch's own operators, to compare with.
void use_kernels(bool on);

// serves says whether the kernels for rows of x take part in this process: for tensors of a card, and of the CPU where the
// kernels' host build is at hand, which tests use.
bool serves_norm(const at::Tensor &x);
bool serves_gelu(const at::Tensor &x, const std::string &kind);
bool serves_embed(const at::Tensor &word, at::ScalarType type);
bool serves_masked_lm(const at::Tensor &h);
bool serves_dropout(const at::Tensor &x);
bool serves_linear(const at::Tensor &x);
bool serves_attention(const at::Tensor &x);

// dropout_add_norm is LN(dropout(x + added) + residual) over rows [N,H]; added [H], the bias of the product that made x, and
// residual may be undefined.
at::Tensor dropout_add_norm(const at::Tensor &x, const at::Tensor &added, const at::Tensor &residual, const at::Tensor &gain,
                            const at::Tensor &bias, double eps, const gobert::Dropout &dropout);

// gelu is gelu(x + added) by the error function; added [C], the bias of the product that made x, may be undefined.
at::Tensor gelu(const at::Tensor &x, const at::Tensor &added);

// embed is dropout(LN(word[id] + type[t] + position[i])), [N,H] in dtype. Rows of the word with id padding learn nothing.
at::Tensor embed(const at::Tensor &ids, const at::Tensor &positions, const at::Tensor &types, const Tables &tables, int64_t padding,
                 double eps, const gobert::Dropout &dropout, at::ScalarType dtype);

// masked_lm_loss is gobert::masked_lm_loss; rows whose target is negative are left out of the mean.
std::tuple<at::Tensor, at::Tensor> masked_lm_loss(const at::Tensor &h, const at::Tensor &word, const at::Tensor &compute,
                                                  const at::Tensor &bias, const at::Tensor &targets, const gobert::Incoming &incoming, bool want_grad);

// linear is x W^T + b; bias may be undefined. compute is the weight in x's type.
at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias);

// query_key_value is linear for weights [3H,in] of the projections in front of attention; each of the three is [N,H].
std::array<at::Tensor, 3> query_key_value(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias);

at::Tensor counter_dropout(const at::Tensor &x, const gobert::Dropout &dropout);

}  // namespace gobert::cuda
