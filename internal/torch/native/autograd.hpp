// Leaves, gradients and the modes that say whether operations are recorded.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include "../cuda/functions/cuda.h"
#include "guard.h"
#include "recompute.h"

using namespace gobert;

gb_error gb_leaf(gb_tensor *out, gb_tensor storage, int64_t offset, const int64_t *shape, int dims, bool requires_grad) {
  return guarded([&] {
    auto s = shape_of(shape, dims);
    auto view = ref(storage).detach().narrow(0, offset, c10::multiply_integers(s)).view(s);
    *out = give(view.detach().set_requires_grad(requires_grad));
  });
}

gb_error gb_set_requires_grad(gb_tensor t, bool on) {
  return guarded([&] { ref(t).set_requires_grad(on); });
}

gb_error gb_set_grad(gb_tensor t, gb_tensor grad) {
  return guarded([&] { ref(t).mutable_grad() = optional(grad); });
}

gb_error gb_grad(gb_tensor *out, gb_tensor t) {
  return guarded([&] {
    const auto &grad = ref(t).grad();
    *out = grad.defined() ? give(grad) : nullptr;
  });
}

gb_error gb_backward(gb_tensor loss, gb_tensor gradient) {
  return guarded([&] {
    auto g = optional(gradient);
    cuda::Collecting sums;
    torch::autograd::backward({ref(loss)}, g.defined() ? std::vector<at::Tensor>{g} : std::vector<at::Tensor>{});
    sums.finish();
  });
}

gb_error gb_when_reached(gb_tensor x, uintptr_t id, bool *hooked) {
  return guarded([&] {
    const auto &entry = ref(x);
    *hooked = entry.requires_grad();
    if (*hooked) entry.register_hook([id](const at::Tensor &) { called_back("what follows a layer's gradients", gobert_reached(id)); });
  });
}

gb_error gb_detach(gb_tensor *out, gb_tensor t) {
  return guarded([&] { *out = give(ref(t).detach()); });
}

void gb_grad_mode(bool on, bool *before) {
  *before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(on);
}
