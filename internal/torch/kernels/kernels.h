// BERT's fused building blocks on the CPU, differentiable, in fp32 and bfloat16.
//
// Parameters are fp32 masters. When a master already has a gradient tensor, the backward pass accumulates straight into it
// and hands autograd nothing for it: no temporary of the parameter's size is made (see sink.h).
#pragma once
#include <ATen/ATen.h>

#include <string>
#include <tuple>

#include "philox.h"

namespace gobert {

// supported says whether the kernels serve tensors of this device and type, and are not switched off.
bool supported(const at::Tensor &x);

// use_kernels(false) leaves everything to LibTorch's own operators, to compare with.
void use_kernels(bool on);
bool kernels_on();

// linear is x W^T + b. compute is weight, or its copy in x's type, which the products use.
at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias);

// reorderable says whether weights of a type can be kept in the order in which they are multiplied: panels (see panels.h), or oneDNN's.
bool reorderable(at::ScalarType type);

// reorder brings a weight [out,in] into that order. It serves reordered_linear alone, which is activation(x W^T + b) for any number of
// rows; bias is of x's type, and an empty activation is none.
at::Tensor reorder(const at::Tensor &w);
at::Tensor reordered_linear(const at::Tensor &x, const at::Tensor &reordered, const at::Tensor &bias, const std::string &activation);

// dropout_add_norm is LN(dropout(x) + residual) over rows [N,H]; residual may be undefined.
at::Tensor dropout_add_norm(const at::Tensor &x, const at::Tensor &residual, const at::Tensor &gain, const at::Tensor &bias, double eps,
                            const Dropout &dropout);

// Tables are what an embedding adds up: word, position and type, and the norm on top.
struct Tables {
  at::Tensor word, position, type, gain, bias;
};

// embed is dropout(LN(word[id] + position[i] + type[t])), [N,H] in dtype. Rows of the word with id padding learn nothing.
at::Tensor embed(const at::Tensor &ids, const at::Tensor &positions, const at::Tensor &types, const Tables &tables, int64_t padding,
                 double eps, const Dropout &dropout, at::ScalarType dtype);

// Incoming is the gradient that will flow into a loss: number, times a number on the device, fp32 [], where times is defined.
struct Incoming {
  double number;
  at::Tensor times;
};

// masked_lm_loss is the mean cross-entropy of h W^T + b [M,V] with targets [M], and the number predicted right. The logits
// live a chunk of rows at a time. With want_grad the gradients are taken then and there, multiplied by incoming.
std::tuple<at::Tensor, at::Tensor> masked_lm_loss(const at::Tensor &h, const at::Tensor &word, const at::Tensor &compute,
                                                  const at::Tensor &bias, const at::Tensor &targets, const Incoming &incoming, bool want_grad);

// attention is softmax(q k^T / sqrt(D)) v within each packed sequence, for qkv [N,3H] and offsets int32 [B+1].
at::Tensor attention(const at::Tensor &qkv, const at::Tensor &offsets, int64_t heads, const Dropout &dropout);

// counter_dropout is dropout(x) over rows.
at::Tensor counter_dropout(const at::Tensor &x, const Dropout &dropout);

// gather_rows picks rows of x by number, distinct, int32 [M].
at::Tensor gather_rows(const at::Tensor &x, const at::Tensor &rows);

// dropout_factors gives the factors (0 or scale) of rows x width, the first row having the given number.
at::Tensor dropout_factors(int64_t rows, int64_t width, const Dropout &dropout, uint64_t first = 0);

}  // namespace gobert
