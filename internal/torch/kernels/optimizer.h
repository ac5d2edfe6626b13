// Optimizer steps over flat CPU memory.
#pragma once
#include <ATen/ATen.h>

namespace gobert {

// adamw makes step number `step` (from 1) on flat fp32 tensors, multiplies the gradient by gradient_scale first, and clears
// it. copy (undefined, or bfloat16) receives the new values.
void adamw(const at::Tensor &value, const at::Tensor &grad, const at::Tensor &m, const at::Tensor &v, const at::Tensor &copy, double lr,
           double beta1, double beta2, double eps, double decay, int64_t step, double gradient_scale);

// flat_norm is the Euclidean norm of a flat tensor, summed in fp64 in a fixed order.
double flat_norm(const at::Tensor &x);

}  // namespace gobert
