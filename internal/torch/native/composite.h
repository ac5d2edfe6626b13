// BERT's building blocks composed from LibTorch's own operators: slow and obvious. They serve devices and types without a
// kernel of ours, and the tests of those kernels. They draw the kernels' own dropout masks, on every device.
#pragma once
#include <ATen/ATen.h>

#include <tuple>
#include <vector>

#include "../kernels/philox.h"

namespace gobert::composite {

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias);
at::Tensor activation(const at::Tensor &x, const std::string &kind);
at::Tensor dropout_add_norm(const at::Tensor &x, const at::Tensor &residual, const at::Tensor &gain, const at::Tensor &bias, double eps,
                            const Dropout &dropout);
at::Tensor embed(const at::Tensor &ids, const at::Tensor &types, const at::Tensor &positions, const at::Tensor &word, const at::Tensor &type,
                 const at::Tensor &position, const at::Tensor &gain, const at::Tensor &bias, int64_t padding, double eps,
                 const Dropout &dropout, at::ScalarType dtype);
std::tuple<at::Tensor, std::vector<at::Tensor>> attention(const at::Tensor &qkv, const at::Tensor &offsets, int64_t heads,
                                                          const Dropout &dropout);
std::tuple<at::Tensor, at::Tensor> masked_lm_loss(const at::Tensor &h, const at::Tensor &word, const at::Tensor &bias,
                                                  const at::Tensor &targets);
std::tuple<at::Tensor, at::Tensor> loss_of_logits(const at::Tensor &logits, const at::Tensor &targets);  // of [M,V]

}  // namespace gobert::composite
