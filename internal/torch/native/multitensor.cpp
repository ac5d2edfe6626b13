// Operations over many tensors in one call: norm and scaling.
#include "guard.h"

using namespace gobert;

namespace {
std::vector<at::Tensor> list(gb_tensor *tensors, size_t n) {
  std::vector<at::Tensor> out;
  out.reserve(n);
  for (size_t i = 0; i < n; i++) out.push_back(ref(tensors[i]));
  return out;
}
}  // namespace

gb_error gb_norm(gb_tensor *out, gb_tensor *tensors, size_t n) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    auto norms = at::_foreach_norm(list(tensors, n), 2);
    *out = give(at::linalg_vector_norm(at::stack(norms)));
  });
}

gb_error gb_scale_all(gb_tensor *tensors, size_t n, double factor) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    at::_foreach_mul_(list(tensors, n), factor);
  });
}
