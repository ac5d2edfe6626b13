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

// Collecting is for the time of a backward pass: sums that it takes for parameters wait until finish.
struct Collecting {
  Collecting();
  Collecting(const Collecting &) = delete;
  Collecting &operator=(const Collecting &) = delete;
  ~Collecting();
  void finish();
};

// step_from lets dropout masks depend on a number in the card's memory, int64 [1], which is added to their sites: who records a step's
// launches to replay them writes step << 20 there, and makes passes of step 0. Undefined: sites are as they are given.
void step_from(const at::Tensor &step);

// serves says whether the kernels for rows of x take part in this process: for tensors of a card, and of the CPU where the
// kernels' host build is at hand, which tests use.
bool serves_norm(const at::Tensor &x);
bool serves_activation(const at::Tensor &x, const std::string &kind);
bool serves_embed(const at::Tensor &word, at::ScalarType type);
bool serves_masked_lm(const at::Tensor &h);
bool serves_dropout(const at::Tensor &x);
bool serves_linear(const at::Tensor &x);
bool serves_attention(const at::Tensor &x);
bool serves_rows(const at::Tensor &x);

// dropout_add_norm is LN(dropout(x + added) + residual) over rows [N,H]; added [H], the bias of the product that made x, and
// residual may be undefined.
at::Tensor dropout_add_norm(const at::Tensor &x, const at::Tensor &added, const at::Tensor &residual, const at::Tensor &gain,
                            const at::Tensor &bias, double eps, const gobert::Dropout &dropout);

// activation is f(x + added) for one of config.json's activations; added [C], the bias of the product that made x, may be undefined.
at::Tensor activation(const at::Tensor &x, const at::Tensor &added, const std::string &kind);

// embed is dropout(LN(word[id] + type[t] + position[i])), [N,H] in dtype. Rows of the word with id padding learn nothing.
at::Tensor embed(const at::Tensor &ids, const at::Tensor &positions, const at::Tensor &types, const Tables &tables, int64_t padding,
                 double eps, const gobert::Dropout &dropout, at::ScalarType dtype);

// masked_lm_loss is gobert::masked_lm_loss. How many targets are not negative is counted on the device; where none is, the loss is NaN.
std::tuple<at::Tensor, at::Tensor> masked_lm_loss(const at::Tensor &h, const at::Tensor &word, const at::Tensor &compute,
                                                  const at::Tensor &bias, const at::Tensor &targets, const gobert::Incoming &incoming, bool want_grad);

// Beside is y, made from an x, and x again, for whoever reads x beside: the gradient that comes back to that x is added inside of the
// product that makes y's share, where autograd would take a launch for it.
struct Beside {
  at::Tensor y, x;
};

// linear is x W^T + b; bias may be undefined. compute is the weight in x's type.
Beside linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias);

// Projected is linear for weights [3H,in] of the projections in front of attention; each of the three is [N,H]. compute_bias is the
// bias in x's type.
struct Projected {
  std::array<at::Tensor, 3> parts;
  at::Tensor x;
};
Projected query_key_value(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias,
                          const at::Tensor &compute_bias);

// pick_rows gives rows a of x and rows b of y, both ascending and distinct, int32; y may be x itself, or undefined.
std::array<at::Tensor, 2> pick_rows(const at::Tensor &x, const at::Tensor &a, const at::Tensor &y, const at::Tensor &b);

at::Tensor counter_dropout(const at::Tensor &x, const gobert::Dropout &dropout);

}  // namespace gobert::cuda
