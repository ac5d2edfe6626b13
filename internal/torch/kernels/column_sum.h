// Sums over rows, and weight gradients: what linear maps and the vocabulary projection share.
#pragma once
#include <ATen/ATen.h>

namespace gobert {

// column_sum adds up the rows of a contiguous x [N,C] in fp32: fp32 [C], the same bits for any number of threads.
at::Tensor column_sum(const at::Tensor &x);

// weight_gradient adds dy^T x to the master's gradient, or returns it where the master has none yet.
at::Tensor weight_gradient(const at::Tensor &weight, const at::Tensor &dy, const at::Tensor &x);

}  // namespace gobert
