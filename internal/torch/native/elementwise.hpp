// Operators whose form in gotch needs scalars or strings that it never frees.
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

#include "guard.h"

using namespace gobert;

gb_error gb_scale(gb_tensor *out, gb_tensor a, double factor) {
  return guarded([&] { *out = give(ref(a).mul(factor)); });
}

gb_error gb_fill(gb_tensor a, double value) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    ref(a).fill_(value);
  });
}

gb_error gb_cast(gb_tensor *out, gb_tensor a, int dtype) {
  return guarded([&] { *out = give(ref(a).to(type_of(dtype))); });
}

gb_error gb_topk(gb_tensor *values, gb_tensor *indices, gb_tensor a, int64_t k) {
  return guarded([&] {
    auto [v, i] = at::topk(ref(a), k, -1);
    *values = give(v);
    *indices = give(i);
  });
}

gb_error gb_truncated_normal(gb_tensor a, double std, uint64_t seed) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    // Uniform in the part of the normal distribution within two deviations, through the inverse of its integral.
    const double low = std::erfc(2.0 / std::sqrt(2.0)) / 2, high = 1 - low;
    auto u = at::empty(ref(a).sizes(), at::kDouble).uniform_(low, high, generator);
    ref(a).copy_(u.mul_(2).sub_(1).erfinv_().mul_(std * std::sqrt(2.0)));
  });
}
