// Where a parameter's gradient goes: into the tensor it already has, or back to autograd.
#pragma once
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace gobert {

// sink is the gradient tensor that a master already holds, or undefined.
inline at::Tensor sink(const at::Tensor &master) {
  return master.defined() && master.is_leaf() && master.requires_grad() ? master.grad() : at::Tensor();
}

// deposit adds a gradient into the master's own, or returns it for autograd to handle.
inline at::Tensor deposit(const at::Tensor &master, const at::Tensor &grad) {
  auto into = sink(master);
  if (!into.defined()) return grad;
  into.add_(grad);
  return {};
}

inline bool wants(const at::Tensor &t) { return t.defined() && t.requires_grad(); }

}  // namespace gobert
