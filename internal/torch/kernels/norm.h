// The backward pass of a norm, which the fused norm and the embedding share.
#pragma once
#include <ATen/ATen.h>

#include "philox.h"

namespace gobert {

// norm_gradient fills dx (the gradient of what was dropped out) and dresidual (undefined where not wanted) from dy, and
// gives the gradients of gain and bias, [2,H], with the same bits for any number of threads.
at::Tensor norm_gradient(const at::Tensor &dy, const at::Tensor &sum, const at::Tensor &mean, const at::Tensor &rstd, const at::Tensor &gain,
                         const at::Tensor &dx, const at::Tensor &dresidual, const Dropout &dropout);

}  // namespace gobert
