// Matrix products by the fastest of LibTorch's libraries for the shape.
#pragma once
#include <ATen/ATen.h>

namespace gobert {

// product is x w^T + bias for x [N,in], w [out,in], both of one type; bias (of that type too) may be undefined.
at::Tensor product(const at::Tensor &x, const at::Tensor &w, const at::Tensor &bias);

}  // namespace gobert
