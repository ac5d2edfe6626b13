// LAMB's trust ratio by LibTorch's operators.
#pragma once
#include <ATen/ATen.h>

#include <vector>

namespace gobert {

// adapt scales each parameter's direction to the parameter's norm; sizes are their numbers of elements, in order. Where one of the
// two is zero the direction stays.
inline void adapt(const at::Tensor &values, const at::Tensor &direction, const std::vector<int64_t> &sizes) {
  const auto directions = direction.split_with_sizes(sizes);
  const auto of_values = at::stack(at::_foreach_norm(values.split_with_sizes(sizes), 2)), of_directions = at::stack(at::_foreach_norm(directions, 2));
  const auto both = (of_values > 0).logical_and_(of_directions > 0);
  at::_foreach_mul_(directions, at::where(both, of_values / of_directions, at::ones_like(of_values)).unbind());
}

}  // namespace gobert
