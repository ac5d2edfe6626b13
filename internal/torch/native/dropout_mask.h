// Dropout on any device: see dropout_mask.hpp.
#pragma once
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "../kernels/philox.h"

namespace gobert {

// drop masks the rows of a matrix, the first having the given number among the rows of the mask. What is kept is scaled and
// rounded once; of the mask, one byte an element is kept for the backward pass.
at::Tensor drop(const at::Tensor &x, const Dropout &dropout, uint64_t first = 0);

}  // namespace gobert
